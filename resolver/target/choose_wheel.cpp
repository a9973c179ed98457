#include "torchup/resolver/choose_wheel.hpp"

#include "torchup/resolver/wheel_name.hpp"

namespace torchup {

std::optional<std::size_t> best_wheel_name(const std::vector<const WheelName*>& names, const SupportedTags& supported) {
  struct Best {
    std::size_t place, rank;
    const WheelName* name;
  };
  std::optional<Best> best;
  for (std::size_t place = 0; place < names.size(); ++place) {
    const auto rank = names[place]->rank(supported);
    if (!rank) continue;
    // An absent build tag sorts below every build, as an empty optional does.
    if (!best || *rank < best->rank || (*rank == best->rank && names[place]->build > best->name->build))
      best = {place, *rank, names[place]};
  }
  if (!best) return std::nullopt;
  return best->place;
}

std::optional<std::size_t> choose_wheel(const std::vector<std::string>& filenames, const SupportedTags& supported) {
  std::vector<WheelName> wheels;
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < filenames.size(); ++place) {
    if (!supported.may_take(filenames[place])) continue;
    auto name = WheelName::parse(filenames[place]);
    if (!name) continue;
    wheels.push_back(*std::move(name));
    places.push_back(place);
  }
  std::vector<const WheelName*> names;
  names.reserve(wheels.size());
  for (const WheelName& wheel : wheels) names.push_back(&wheel);
  const auto best = best_wheel_name(names, supported);
  return best ? std::optional(places[*best]) : std::nullopt;
}

}  // namespace torchup
