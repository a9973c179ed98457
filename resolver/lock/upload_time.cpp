#include "resolver/lock/upload_time.hpp"

#include <algorithm>
#include <chrono>

namespace torchup {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The form alone: digits and separators of "yyyy-mm-ddThh:mm:ss".
bool has_form(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00";
  return text.size() >= form.size() &&
         std::equal(form.begin(), form.end(), text.begin(), [](char wanted, char c) { return wanted == '0' ? is_digit(c) : c == wanted; });
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

bool exists(std::string_view text) {
  const std::chrono::year_month_day date{std::chrono::year{number(text.substr(0, 4))},
                                         std::chrono::month{static_cast<unsigned>(number(text.substr(5, 2)))},
                                         std::chrono::day{static_cast<unsigned>(number(text.substr(8, 2)))}};
  return date.ok() && number(text.substr(11, 2)) < 24 && number(text.substr(14, 2)) < 60 && number(text.substr(17, 2)) < 60;
}

}  // namespace

std::optional<std::string> canonical_upload_time(std::string_view text) {
  constexpr std::size_t seconds_end = 19;
  constexpr std::size_t most_fraction = 10;  // the dot and nanoseconds
  if (!has_form(text) || !exists(text)) return std::nullopt;

  const std::size_t zone = std::min(text.find_first_of("Z+", seconds_end), text.size());
  if (text.substr(zone) != "Z" && text.substr(zone) != "+00:00") return std::nullopt;

  std::string_view fraction = text.substr(seconds_end, zone - seconds_end);
  if (!fraction.empty()) {
    if (fraction.front() != '.' || fraction.size() < 2 || fraction.size() > most_fraction) return std::nullopt;
    if (!std::all_of(fraction.begin() + 1, fraction.end(), is_digit)) return std::nullopt;
    fraction = fraction.substr(0, fraction.find_last_not_of("0.") + 1);
  }
  return std::string(text.substr(0, seconds_end)).append(fraction) + "Z";
}

}  // namespace torchup
