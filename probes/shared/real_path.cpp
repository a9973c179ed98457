#include "probes/shared/real_path.hpp"

#include <deque>
#include <filesystem>

namespace torchup {
namespace {

constexpr int k_most_links = 40;

/// Puts a path's pieces in front of what is still to walk.
void put_before(const std::filesystem::path& path, std::deque<std::string>& left) {
  std::deque<std::string> pieces;
  for (const auto& piece : path.relative_path()) pieces.push_back(piece.string());
  left.insert(left.begin(), pieces.begin(), pieces.end());
}

}  // namespace

std::string real_path(HostSystem& host, const std::string& path) {
  std::deque<std::string> left;
  put_before(path, left);
  std::filesystem::path done = "/";
  int links = 0;
  while (!left.empty()) {
    const auto piece = left.front();
    left.pop_front();
    if (piece.empty() || piece == ".") continue;
    if (piece == "..") {
      done = done.parent_path();
      continue;
    }
    const auto target =
        links < k_most_links ? host.read_link((done / piece).string()) : Result<std::string>(failure({ErrorKind::host, {}, {}, {}}));
    if (!target) {
      done /= piece;
      continue;
    }
    ++links;
    if (target->starts_with('/')) done = "/";
    put_before(*target, left);
  }
  return done.string();
}

}  // namespace torchup
