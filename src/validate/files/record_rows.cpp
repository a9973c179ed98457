#include "src/validate/files/record_rows.hpp"

#include <fmt/format.h>

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

}  // namespace

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
