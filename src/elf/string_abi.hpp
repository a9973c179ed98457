#pragma once
// Which std::string the functions of a library take: GCC has two since version 5, and a program built for the other one does not link. Told
// by the names of the symbols that the library defines, since nothing else in it says so. Used by validate.

#include "torchup/core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// The names of the dynamic symbols that a library defines, at most 4 million; none where its section table was stripped. A file that
/// cannot be read is ErrorKind::host; tables that contradict themselves are ErrorKind::integrity.
Result<std::vector<std::string>> defined_symbols(const std::filesystem::path& library);

/// "cxx11", "pre-cxx11", or "" where no symbol has to do with a std::string (Itanium C++ ABI, "mangling": `Ss` is the old std::string, and
/// the new one is spelt out in the namespace `std::__cxx11`).
std::string string_abi(const std::vector<std::string>& symbols);

}  // namespace torchup
