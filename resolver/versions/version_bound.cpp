#include "torchup/resolver/version_set.hpp"

#include <algorithm>
#include <compare>
#include <limits>
#include <span>
#include <utility>

namespace torchup {
namespace {

constexpr std::uint64_t k_greatest = std::numeric_limits<std::uint64_t>::max();

// A number of the version's key, with room for what sorts after every number.
struct Rank {
  int group = 0;  // compared first
  std::uint64_t number = 0;
  auto operator<=>(const Rank&) const = default;
};

// The bound's place in PEP 440's order, spelled out so that one comparison serves all kinds of places. Where a place has
// a least version above it, it is written as "just before that version": then equal places compare equal.
struct Position {
  std::uint64_t epoch = 0;
  std::span<const std::uint64_t> release;
  bool last_number_raised = false;  // after a prefix: 1.4 counts as 1.5
  Rank pre, post, dev;
  int local_group = 0;  // 0 none or given, 1 after every local
  std::span<const Version::LocalPart> local;
  int side = -1;  // just before or just after

  Rank release_number(std::size_t i) const {
    if (i >= release.size()) return {};
    const std::uint64_t number = release[i];
    if (!last_number_raised || i + 1 != release.size()) return {0, number};
    return number == k_greatest ? Rank{1, 0} : Rank{0, number + 1};
  }
};

constexpr int k_final = 4;  // as a pre-release group: 0 a lone .dev, 1 to 3 alpha, beta and candidate
constexpr Rank k_no_post{0, 0};
constexpr Rank k_no_dev{1, 0};

Position of_version(const Version& version) {
  Position position;
  position.epoch = version.epoch();
  position.release = version.release();
  position.pre = {!version.post() && version.dev() ? 0 : k_final, 0};
  if (version.pre()) position.pre = {1 + static_cast<int>(version.pre()->kind), version.pre()->number};
  position.post = version.post() ? Rank{1, *version.post()} : k_no_post;
  position.dev = version.dev() ? Rank{0, *version.dev()} : k_no_dev;
  position.local = version.local();
  return position;
}

void move_before_dev(Position& position) {
  if (position.pre.group == k_final && position.post == k_no_post) position.pre = {0, 0};
  position.dev = {0, 0};
  position.local = {};
}

// 1.0 is followed by 1.0.post0.dev0, 1.0.post1 by 1.0.post2.dev0, 1.0.dev1 by 1.0.dev2.
void move_after_locals(Position& position) {
  position.local = {};
  Rank& last = position.dev == k_no_dev ? position.post : position.dev;
  const bool first_post = position.dev == k_no_dev && position.post == k_no_post;
  if (!first_post && last.number == k_greatest) {
    position.local_group = 1;
    return;
  }
  last = first_post ? Rank{1, 0} : Rank{last.group, last.number + 1};
  if (&last == &position.post) position.dev = {0, 0};
}

// 1.0a1 is followed by 1.0a2.dev0; nothing is the first after 1.0 and its post-releases.
void move_after_posts(Position& position) {
  position.local = {};
  if (position.pre.group == k_final || position.pre.number == k_greatest) {
    position.post = {2, 0};
    position.dev = k_no_dev;
    return;
  }
  ++position.pre.number;
  position.post = k_no_post;
  position.dev = {0, 0};
}

Position place(const VersionBound& bound) {
  using Place = VersionBound::Place;
  if (bound.place == Place::before_all || !bound.version) return {};  // just before 0.dev0, the least version
  Position position = of_version(*bound.version);
  switch (bound.place) {
    case Place::before_dev:
      move_before_dev(position);
      break;
    case Place::at:
      position.side = bound.after ? 1 : -1;
      break;
    case Place::after_locals:
      move_after_locals(position);
      break;
    case Place::after_posts:
      move_after_posts(position);
      break;
    case Place::after_prefix:
      position.release = position.release.first(std::min(std::max<std::size_t>(bound.prefix, 1), position.release.size()));
      position.last_number_raised = true;
      position.pre = {0, 0};
      position.post = k_no_post;
      position.dev = {0, 0};
      position.local = {};
      break;
    case Place::before_all:
    case Place::after_all:
      break;
  }
  return position;
}

std::strong_ordering compare(const Position& left, const Position& right) {
  if (const auto order = left.epoch <=> right.epoch; order != 0) return order;
  for (std::size_t i = 0; i < std::max(left.release.size(), right.release.size()); ++i) {
    if (const auto order = left.release_number(i) <=> right.release_number(i); order != 0) return order;
  }
  if (const auto order = left.pre <=> right.pre; order != 0) return order;
  if (const auto order = left.post <=> right.post; order != 0) return order;
  if (const auto order = left.dev <=> right.dev; order != 0) return order;
  if (const auto order = left.local_group <=> right.local_group; order != 0) return order;
  const auto local_order =
      std::lexicographical_compare_three_way(left.local.begin(), left.local.end(), right.local.begin(), right.local.end());
  if (local_order != 0) return local_order;
  return left.side <=> right.side;
}

}  // namespace

std::strong_ordering VersionBound::operator<=>(const VersionBound& other) const {
  const bool last = place == Place::after_all;
  const bool other_last = other.place == Place::after_all;
  if (last || other_last) return static_cast<int>(last) <=> static_cast<int>(other_last);
  return compare(torchup::place(*this), torchup::place(other));
}

}  // namespace torchup
