#pragma once
// What C libraries say of themselves, as text in, value out.

#include "torchup/host/host_facts.hpp"

#include <optional>
#include <string_view>

namespace torchup {

/// "ld.so (Debian GLIBC 2.36-9+deb12u14) stable release version 2.36." and "ldd (GNU libc) 2.17".
std::optional<Libc> parse_glibc_banner(std::string_view text);

/// "musl libc (x86_64)\nVersion 1.2.5\n…".
std::optional<Libc> parse_musl_banner(std::string_view text);

}  // namespace torchup
