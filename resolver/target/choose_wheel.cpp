#include "torchup/resolver/choose_wheel.hpp"

#include "torchup/resolver/wheel_name.hpp"

namespace torchup {

std::optional<std::size_t> choose_wheel(const std::vector<std::string>& filenames, const SupportedTags& supported) {
  struct Best {
    std::size_t place, rank;
    std::optional<std::pair<std::uint64_t, std::string>> build;
  };
  std::optional<Best> best;
  for (std::size_t place = 0; place < filenames.size(); ++place) {
    if (!supported.may_take(filenames[place])) continue;
    const auto name = WheelName::parse(filenames[place]);
    if (!name) continue;
    const auto rank = name->rank(supported);
    if (!rank) continue;
    // An absent build tag sorts below every build, as an empty optional does.
    if (!best || *rank < best->rank || (*rank == best->rank && name->build > best->build)) best = {place, *rank, name->build};
  }
  if (!best) return std::nullopt;
  return best->place;
}

}  // namespace torchup
