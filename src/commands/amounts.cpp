#include "src/commands/amounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

namespace torchup {
namespace {

constexpr std::int64_t k_most_units = 100'000'000;  // of weeks, still far from overflowing
constexpr double k_most_bytes = 1e18;

/// Takes the number off the front.
template <class Number>
std::optional<Number> take_number(std::string_view& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

struct Unit {
  std::string_view name;
  double bytes;
};

constexpr std::array<Unit, 10> k_units = {{{"", 1},
                                           {"b", 1},
                                           {"kb", 1e3},
                                           {"mb", 1e6},
                                           {"gb", 1e9},
                                           {"tb", 1e12},
                                           {"kib", 1024.0},
                                           {"mib", 1024.0 * 1024},
                                           {"gib", 1024.0 * 1024 * 1024},
                                           {"tib", 1024.0 * 1024 * 1024 * 1024}}};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

Result<std::chrono::seconds> parse_age(std::string_view text, std::string_view option) {
  std::string_view unit = text;
  const auto number = take_number<std::int64_t>(unit);
  const std::string_view units = "mhdw";
  constexpr std::array<std::int64_t, 4> seconds = {60, 3600, 86'400, 604'800};
  const std::size_t place = unit.size() == 1 ? units.find(unit.front()) : std::string_view::npos;
  if (number && *number >= 0 && *number <= k_most_units && place != std::string_view::npos) {
    return std::chrono::seconds(*number * seconds[place]);
  }
  return failure({ErrorKind::usage, fmt::format("`{} {}` is no age", option, text), {}, {"write it as `90m`, `12h`, `30d` or `4w`"}});
}

Result<std::uint64_t> parse_bytes(std::string_view text, std::string_view option) {
  std::string_view rest = text;
  const auto number = take_number<double>(rest);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const auto unit = std::ranges::find(k_units, lower(rest), &Unit::name);
  if (number && *number >= 0 && unit != k_units.end() && *number * unit->bytes <= k_most_bytes) {
    return static_cast<std::uint64_t>(*number * unit->bytes);
  }
  return failure({ErrorKind::usage, fmt::format("`{} {}` is no size", option, text), {}, {"write it as `500MB`, `20GB` or `20GiB`"}});
}

Result<double> parse_percent(std::string_view text, std::string_view option) {
  std::string_view rest = text;
  const auto number = take_number<double>(rest);
  if (number && *number >= 0.1 && *number <= 1000 && (rest.empty() || rest == "%")) return *number / 100;
  return failure({ErrorKind::usage,
                  fmt::format("`{} {}` is no percentage from 0.1 to 1000", option, text),
                  {},
                  {"write it as `5` for a twentieth more time"}});
}

}  // namespace torchup
