#include "resolver/lock/target_set.hpp"

#include "torchup/resolver/version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace torchup {
namespace {

constexpr const char* k_implementation = "platform_python_implementation";

const std::string& value_of(const ResolvedTarget& target, const char* name) { return target.environment.values.at(name); }

/// "3.9" before "3.10".
bool is_older(const std::string& a, const std::string& b) {
  const auto left = Version::parse(a), right = Version::parse(b);
  return left && right ? *left < *right : a < b;
}

template <class Value>
std::size_t place_of(const std::vector<Value>& values, const Value& value) {
  return static_cast<std::size_t>(std::find(values.begin(), values.end(), value) - values.begin());
}

std::string all_of(std::vector<std::string> parts) {
  std::erase(parts, "");
  if (parts.size() == 1) return parts.front();
  std::string text;
  for (const auto& part : parts) {
    const bool binds_weaker = part.find(" or ") != std::string::npos;
    text += (text.empty() ? "" : " and ") + (binds_weaker ? "(" + part + ")" : part);
  }
  return text;
}

std::string any_of(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, " or ")); }

}  // namespace

TargetGrid::TargetGrid(const std::vector<ResolvedTarget>& targets) {
  std::set<Platform> platforms;
  std::set<std::string> pythons, variants;
  const auto platform_of = [](const ResolvedTarget& target) {
    return Platform{value_of(target, "sys_platform"), value_of(target, "platform_machine")};
  };
  for (const auto& target : targets) {
    platforms.insert(platform_of(target));
    pythons.insert(value_of(target, "python_version"));
    variants.insert(target.variant);
  }
  m_platforms.assign(platforms.begin(), platforms.end());
  m_pythons.assign(pythons.begin(), pythons.end());
  std::sort(m_pythons.begin(), m_pythons.end(), is_older);
  m_variants.assign(variants.begin(), variants.end());
  for (const auto& target : targets) {
    m_cells.push_back({place_of(m_platforms, platform_of(target)), place_of(m_pythons, value_of(target, "python_version")),
                       place_of(m_variants, target.variant)});
  }
}

std::string TargetGrid::marker(const TargetSet& chosen) const {
  if (chosen.size() == m_cells.size()) return "";
  using Place = std::pair<std::size_t, std::size_t>;
  std::map<std::size_t, std::set<Place>> places_of;  // by variant
  for (const std::size_t target : chosen) {
    const Cell& cell = m_cells[target];
    places_of[cell.variant].insert({cell.platform, cell.python});
  }
  std::map<std::set<Place>, std::vector<std::string>> variants_of;
  for (const auto& [variant, places] : places_of) variants_of[places].push_back(m_variants[variant]);
  std::vector<std::string> parts;
  for (const auto& [places, variants] : variants_of) {
    std::vector<std::string> extras;
    if (variants.size() < m_variants.size()) {
      for (const auto& variant : variants) extras.push_back(fmt::format("\"{}\" in extras", variant));
    }
    parts.push_back(all_of({place_marker(places), any_of(extras)}));
  }
  return any_of(parts);
}

std::string TargetGrid::place_marker(const std::set<std::pair<std::size_t, std::size_t>>& places) const {
  std::map<std::size_t, Places> pythons_of;  // by platform
  for (const auto& [platform, python] : places) pythons_of[platform].insert(python);
  std::map<Places, Places> platforms_of;
  for (const auto& [platform, pythons] : pythons_of) platforms_of[pythons].insert(platform);
  std::vector<std::string> parts;
  for (const auto& [pythons, platforms] : platforms_of) parts.push_back(all_of({platform_marker(platforms), python_marker(pythons)}));
  return any_of(parts);
}

std::string TargetGrid::platform_marker(const Places& platforms) const {
  if (platforms.size() == m_platforms.size()) return "";
  std::map<std::string, std::vector<std::string>> machines_of, chosen_of;  // by system
  for (const auto& platform : m_platforms) machines_of[platform.system].push_back(platform.machine);
  for (const std::size_t place : platforms) chosen_of[m_platforms[place].system].push_back(m_platforms[place].machine);
  std::vector<std::string> parts;
  for (const auto& [system, machines] : chosen_of) {
    const std::string on_system = fmt::format("sys_platform == \"{}\"", system);
    if (machines.size() == machines_of[system].size()) {
      parts.push_back(on_system);
      continue;
    }
    for (const auto& machine : machines) parts.push_back(fmt::format("{} and platform_machine == \"{}\"", on_system, machine));
  }
  return any_of(parts);
}

/// Runs of neighbours, since no Python between them is in the lock.
std::string TargetGrid::python_marker(const Places& pythons) const {
  if (pythons.size() == m_pythons.size()) return "";
  std::vector<std::string> parts;
  for (auto at = pythons.begin(); at != pythons.end();) {
    const std::size_t first = *at;
    std::size_t last = first;
    for (++at; at != pythons.end() && *at == last + 1; ++at) last = *at;
    if (first == last) {
      parts.push_back(fmt::format("python_version == \"{}\"", m_pythons[first]));
      continue;
    }
    parts.push_back(all_of({first == 0 ? "" : fmt::format("python_version >= \"{}\"", m_pythons[first]),
                            last + 1 == m_pythons.size() ? "" : fmt::format("python_version < \"{}\"", m_pythons[last + 1])}));
  }
  return any_of(parts);
}

std::vector<std::string> TargetGrid::environments() const {
  std::vector<std::string> markers;
  for (const auto& platform : m_platforms) {
    for (const auto& python : m_pythons) {
      markers.push_back(
          fmt::format("sys_platform == \"{}\" and platform_machine == \"{}\" and {} == \"CPython\" and python_version == \"{}\"",
                      platform.system, platform.machine, k_implementation, python));
    }
  }
  return markers;
}

}  // namespace torchup
