#include "src/verify/record_file.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace torchup {
namespace {

using Fields = std::array<std::string, 3>;  // path, digest, size

/// Takes one field of CSV (RFC 4180) off the front; false where its quotes do not close.
bool take_field(std::string_view& text, std::string& field) {
  if (!text.starts_with('"')) {
    const std::size_t end = std::min(text.find_first_of(",\r\n"), text.size());
    field = text.substr(0, end);
    text.remove_prefix(end);
    return field.find('"') == std::string::npos;
  }
  text.remove_prefix(1);
  while (true) {
    const std::size_t quote = text.find('"');
    if (quote == std::string_view::npos) return false;
    field += text.substr(0, quote);
    text.remove_prefix(quote + 1);
    if (!text.starts_with('"')) return true;
    field += '"';
    text.remove_prefix(1);
  }
}

void skip_line_end(std::string_view& text) {
  if (text.starts_with('\r')) text.remove_prefix(1);
  if (text.starts_with('\n')) text.remove_prefix(1);
}

/// Takes one row of exactly three fields; nothing where it is malformed.
std::optional<Fields> take_row(std::string_view& text) {
  Fields fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) {
      if (!text.starts_with(',')) return std::nullopt;
      text.remove_prefix(1);
    }
    if (!take_field(text, fields[i])) return std::nullopt;
  }
  if (!text.empty() && text.front() != '\r' && text.front() != '\n') return std::nullopt;
  skip_line_end(text);
  return fields;
}

Ruling<WheelRecordRow> read_row(const Fields& fields) {
  const auto& [path, digest, size] = fields;
  WheelRecordRow row;
  if (!digest.empty()) {
    constexpr std::string_view algorithm = "sha256=";
    if (!digest.starts_with(algorithm)) return broken("record-algorithm", fmt::format("`{}` has the digest `{}`, no sha256", path, digest));
    auto parsed = Sha256::parse_record(std::string_view(digest).substr(algorithm.size()));
    if (!parsed) return broken("record-syntax", fmt::format("`{}` has the digest `{}`", path, digest));
    row.sha256 = *parsed;
  }
  if (!size.empty()) {
    std::uint64_t bytes = 0;
    const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), bytes);
    if (error != std::errc() || end != size.data() + size.size()) {
      return broken("record-syntax", fmt::format("`{}` has the size `{}`", path, size));
    }
    row.size = bytes;
  }
  return row;
}

}  // namespace

Ruling<WheelRecord> parse_record(std::string_view text) {
  WheelRecord rows;
  for (std::size_t line = 1; !text.empty(); ++line) {
    if (text.front() == '\r' || text.front() == '\n') {
      skip_line_end(text);
      continue;
    }
    const auto fields = take_row(text);
    if (!fields || fields->front().empty()) return broken("record-syntax", fmt::format("row {} of RECORD is malformed", line));
    auto row = read_row(*fields);
    if (!row) return tl::unexpected(std::move(row).error());
    if (!rows.emplace(fields->front(), *row).second) {
      return broken("record-duplicate", fmt::format("RECORD lists `{}` twice", fields->front()));
    }
  }
  return rows;
}

}  // namespace torchup
