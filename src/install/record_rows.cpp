#include "src/install/record_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace

std::string write_record(std::vector<RecordRow> rows) {
  std::sort(rows.begin(), rows.end(), [](const RecordRow& a, const RecordRow& b) { return a.path < b.path; });
  std::string text;
  for (const RecordRow& row : rows) {
    text += csv_field(row.path);
    text += row.sha256 ? fmt::format(",sha256={},{}\n", row.sha256->record_form(), row.size) : ",,\n";
  }
  return text;
}

std::string record_path(std::string_view path, std::string_view site_packages) {
  if (path.starts_with(site_packages) && path.substr(site_packages.size()).starts_with('/')) {
    return std::string(path.substr(site_packages.size() + 1));
  }
  std::string up;
  for (auto depth = 1 + std::count(site_packages.begin(), site_packages.end(), '/'); depth > 0; --depth) up += "../";
  return up.append(path);
}

}  // namespace torchup
