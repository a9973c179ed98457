#include "src/verify/known_mistakes.hpp"

#include <algorithm>
#include <array>

namespace torchup {
namespace {

/// Releases of October 2020 to August 2022, found by reading METADATA and RECORD of one wheel for each platform of every release on
/// the main index. torch 1.13.0 and what is later is right; before 1.10.0 other files than METADATA differ as well, but in 1.7.0.
constexpr std::array<std::string_view, 20> k_edited_metadata = {
    "torch-1.7.0",        "torch-1.10.0",       "torch-1.10.1",       "torch-1.10.2",       "torch-1.11.0",
    "torch-1.12.0",       "torch-1.12.1",       "torchaudio-0.10.0",  "torchaudio-0.10.1",  "torchaudio-0.10.2",
    "torchaudio-0.11.0",  "torchaudio-0.12.0",  "torchaudio-0.12.1",  "torchvision-0.11.0", "torchvision-0.11.1",
    "torchvision-0.11.2", "torchvision-0.11.3", "torchvision-0.12.0", "torchvision-0.13.0", "torchvision-0.13.1"};

}  // namespace

bool has_edited_metadata(std::string_view dist_info) {
  constexpr std::string_view ending = ".dist-info";
  if (!dist_info.ends_with(ending)) return false;
  return std::ranges::find(k_edited_metadata, dist_info.substr(0, dist_info.size() - ending.size())) != k_edited_metadata.end();
}

}  // namespace torchup
