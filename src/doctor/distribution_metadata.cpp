#include "src/doctor/distribution_metadata.hpp"

#include "torchup/doctor/installed_environment.hpp"

#include <algorithm>

namespace torchup {
namespace {

constexpr std::size_t k_limit = 16U << 20;
constexpr std::size_t k_most_fields = 20'000;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view k_blanks = " \t\r";
  const auto first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) + 1 - first);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

void take(const std::string& name, const std::string& value, DistributionMetadata& metadata) {
  if (name == "version") metadata.version = value;
  if (name == "requires-python") metadata.requires_python = value;
  if (name != "requires-dist") return;
  if (auto requirement = Requirement::parse(value)) {
    metadata.requires_dist.push_back(*std::move(requirement));
  } else {
    metadata.unreadable.push_back(value.substr(0, 200));
  }
}

}  // namespace

DistributionMetadata parse_distribution_metadata(std::string_view text) {
  DistributionMetadata metadata;
  if (text.size() > k_limit) return metadata;
  std::string name, value;
  for (std::size_t fields = 0; !text.empty() && fields < k_most_fields;) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (trimmed(line).empty()) break;  // the description begins
    if (line.front() == ' ' || line.front() == '\t') {
      value.append(" ").append(trimmed(line));
      continue;
    }
    take(name, value, metadata);
    const auto colon = std::min(line.find(':'), line.size());
    name = lower(trimmed(line.substr(0, colon)));
    value = trimmed(line.substr(std::min(colon + 1, line.size())));
    ++fields;
  }
  take(name, value, metadata);
  return metadata;
}

DistributionMetadata read_distribution_metadata(const std::filesystem::path& folder) {
  return parse_distribution_metadata(read_small_file(folder / "METADATA", k_limit).value_or(""));
}

}  // namespace torchup
