#include "src/install/record_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace torchup {
namespace {

constexpr std::size_t k_most_rows = 1'000'000;

/// Takes CSV rows off a text, one after the other.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : m_rest(text) {}

  bool at_end() const { return m_rest.empty(); }

  std::vector<std::string> next_row() {
    std::vector<std::string> fields(1);
    while (!m_rest.empty()) {
      const char letter = m_rest.front();
      m_rest.remove_prefix(1);
      if (letter == '"')
        take_quoted(fields.back());
      else if (letter == ',')
        fields.emplace_back();
      else if (letter == '\n')
        break;
      else if (letter != '\r')
        fields.back() += letter;
    }
    return fields;
  }

 private:
  /// Up to the closing quote; two quotes stand for one.
  void take_quoted(std::string& field) {
    while (!m_rest.empty()) {
      const std::size_t quote = m_rest.find('"');
      field += m_rest.substr(0, quote);
      m_rest.remove_prefix(std::min(m_rest.size(), quote == std::string_view::npos ? quote : quote + 1));
      if (m_rest.empty() || m_rest.front() != '"') return;
      field += '"';
      m_rest.remove_prefix(1);
    }
  }

  std::string_view m_rest;
};

Result<RecordRow> parse_row(const std::vector<std::string>& fields, std::size_t number) {
  const auto malformed = [&](std::string_view why) {
    return failure({ErrorKind::integrity, fmt::format("row {} of RECORD {}", number, why), {}, {}});
  };
  if (fields.size() != 3 || fields[0].empty()) return malformed("does not have a path, a hash and a size");
  RecordRow row{fields[0], std::nullopt, std::nullopt};
  constexpr std::string_view algorithm = "sha256=";
  if (!fields[1].empty()) {
    if (fields[1].compare(0, algorithm.size(), algorithm) != 0) return malformed("has a hash that is not sha256");
    const auto digest = Sha256::parse_record(std::string_view(fields[1]).substr(algorithm.size()));
    if (!digest) return malformed("has a hash of the wrong form");
    row.sha256 = *digest;
  }
  if (!fields[2].empty()) {
    std::uint64_t size = 0;
    const char* const end = fields[2].data() + fields[2].size();
    if (const auto read = std::from_chars(fields[2].data(), end, size); read.ec != std::errc() || read.ptr != end) {
      return malformed("has a size that is no number");
    }
    row.size = size;
  }
  return row;
}

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
    text += row.sha256 ? fmt::format(",sha256={},{}\n", row.sha256->record_form(), row.size.value_or(0)) : ",,\n";
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

Result<std::vector<RecordRow>> parse_record_rows(std::string_view text) {
  std::vector<RecordRow> rows;
  CsvReader reader(text);
  for (std::size_t number = 1; !reader.at_end(); ++number) {
    const auto fields = reader.next_row();
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (rows.size() == k_most_rows) return failure({ErrorKind::integrity, "RECORD has more than a million rows", {}, {}});
    TORCHUP_TRY_ASSIGN(RecordRow row, parse_row(fields, number));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace torchup
