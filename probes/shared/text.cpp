#include "probes/shared/text.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>

namespace torchup {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view k_blank{" \t\r\n\0", 5};
  const auto first = text.find_first_not_of(k_blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blank) - first + 1);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text.empty() ? std::vector<std::string_view>{} : split(text, '\n');
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const auto end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

std::map<std::string, std::string, std::less<>> fields_of(std::string_view text, char separator) {
  std::map<std::string, std::string, std::less<>> fields;
  for (const auto line : lines_of(text)) {
    const auto at = line.find(separator);
    if (at != std::string_view::npos) fields.emplace(trimmed(line.substr(0, at)), trimmed(line.substr(at + 1)));
  }
  return fields;
}

std::string field(const std::map<std::string, std::string, std::less<>>& fields, std::string_view key) {
  const auto at = fields.find(key);
  return at == fields.end() ? std::string() : at->second;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool is_missing(const Error& error) { return error.message.ends_with(std::strerror(ENOENT)); }

unsigned count_of_list(std::string_view text) {
  unsigned count = 0;
  for (const auto range : split(trimmed(text), ',')) {
    const auto ends = split(range, '-');
    const auto first = number_in(ends.front()), last = number_in(ends.back());
    // No machine has a million cores; a text that says so is not a list of them.
    if (first && last && *last >= *first && *last < 1'000'000) count += static_cast<unsigned>(*last - *first + 1);
  }
  return count;
}

}  // namespace torchup
