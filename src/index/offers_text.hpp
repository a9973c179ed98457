#pragma once
// A page's offered versions as bytes, for the cache: read back in a hundredth of the time that the page itself takes, the files of
// versions that nobody tries not at all.

#include "src/index/offered_versions.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// Holds no credentials.
std::string print_offers(const std::vector<OfferedVersion>& offers);

/// What `print_offers` wrote; nothing where the bytes are anything else. Links on the origin of `index` get its credentials.
std::optional<std::vector<OfferedVersion>> parse_offers(std::string bytes, const Url& index);

/// One file out of those bytes; nothing where they are anything else.
std::optional<ProjectFile> parse_offered_file(std::string_view bytes, const Url& index);

}  // namespace torchup
