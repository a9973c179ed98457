#include "src/install/shared_files.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace torchup {
namespace {

constexpr std::uint64_t k_share_from_bytes = 256 << 10;

/// What compilers and other tools made, or read, of any size: nobody edits it in an environment. Sources of C and its like serve
/// to build something against a package, and headers are more than half of torch's files. Python puts a new file in the place of
/// bytecode that is out of date.
constexpr auto k_shared_endings = std::to_array<std::string_view>({
    ".h",   ".hpp", ".hxx", ".cuh", ".inl", ".tpp",  ".inc", ".c",   ".cc",  ".cpp", ".cu",   ".f",   ".f90",
    ".pyx", ".pxd", ".pyi", ".td",                                                                             // sources
    ".so",  ".a",   ".o",   ".dll", ".exe", ".pyc",                                                            // compiled
    ".npy", ".npz", ".mat", ".sav", ".pkl", ".arff", ".nc",  ".gz",  ".bz2", ".xz",  ".lzma", ".zip", ".whl",  // data
    ".png", ".jpg", ".svg", ".pdf", ".ttf", ".otf",  ".afm", ".wav",                                           // pictures, type, sound
});

/// A package's own tests, half of the sources of numpy, scipy, pandas and scikit-learn; and time zones, whose files have no ending.
constexpr auto k_shared_folders = std::to_array<std::string_view>({"/tests/", "/test/", "/zoneinfo/"});

bool is_of_distribution_info(std::string_view path) {
  const std::string_view top = path.substr(0, path.find('/'));
  return top.size() < path.size() && top.ends_with(".dist-info");
}

}  // namespace

bool is_worth_sharing(const Placement& placement, LinkMode mode) {
  if (placement.modified) return false;  // a link has the store's time
  if (mode == LinkMode::hardlink) return true;
  const TreeFile& file = *placement.source;
  if (file.size == 0) return false;  // nothing that could be shared, or cloned
  const std::string_view path = file.path;
  const auto lies_in = [&](std::string_view folder) { return path.find(folder) != std::string_view::npos; };
  if (is_of_distribution_info(path) || std::ranges::any_of(k_shared_folders, lies_in)) return true;
  const std::string_view ending = path.substr(std::min(path.rfind('.'), path.size()));
  if (ending == ".py") return false;
  return file.size >= k_share_from_bytes || std::ranges::find(k_shared_endings, ending) != k_shared_endings.end();
}

}  // namespace torchup
