#include "src/index/core_metadata.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

constexpr std::size_t k_most_fields = 20'000;

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string shortened(std::string_view text) { return std::string(text.substr(0, 200)); }

struct Field {
  std::string name;  ///< Lower case.
  std::string value;
};

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

class MetadataReader {
 public:
  MetadataReader(const PackageName& name, const Version& version) : m_name(name), m_version(version) {}

  Result<WheelMetadata> read(std::string_view text) {
    if (text.size() > k_metadata_limit) return refuse("it is too large");
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    TORCHUP_TRY_ASSIGN(const auto fields, split(text));
    for (const Field& field : fields) TORCHUP_TRY(take(field));
    if (!m_name_seen || !m_version_seen) return refuse("Name or Version is missing");
    return std::move(m_metadata);
  }

 private:
  tl::unexpected<Error> refuse(std::string_view why) const {
    return failure(
        {ErrorKind::integrity, fmt::format("the METADATA of `{}` {} is malformed: {}", m_name.text(), m_version.text(), why), {}, {}});
  }

  Result<std::vector<Field>> split(std::string_view text) const {
    std::vector<Field> fields;
    while (!text.empty()) {
      const auto line = take_line(text);
      if (line.empty()) break;  // the description begins; a line of blanks alone continues a field, as in folded licences
      if (line.front() == ' ' || line.front() == '\t') {
        if (fields.empty()) return refuse("it begins with a continued line");
        fields.back().value.append(" ").append(trimmed(line));
        continue;
      }
      const auto colon = line.find(':');
      if (colon == std::string_view::npos) return refuse(fmt::format("`{}` is no field", shortened(line)));
      if (fields.size() == k_most_fields) return refuse("it has too many fields");
      std::string name(trimmed(line.substr(0, colon)));
      std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      fields.push_back({std::move(name), std::string(trimmed(line.substr(colon + 1)))});
    }
    return fields;
  }

  Status take(const Field& field) {
    if (field.name == "name") return check_name(field.value);
    if (field.name == "version") return check_version(field.value);
    if (field.name == "requires-dist") return take_requirement(field.value);
    if (field.name == "requires-python" && !field.value.empty()) m_metadata.requires_python = field.value;
    if (field.name == "metadata-version") {
      if (auto version = Version::parse(field.value)) m_metadata.metadata_version = *std::move(version);
    }
    if (field.name == "dynamic") {
      std::string name = field.value;
      std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      m_metadata.dynamic.push_back(std::move(name));
    }
    if (field.name == "provides-extra") {
      if (auto extra = PackageName::parse(field.value)) m_metadata.provides_extra.push_back(*std::move(extra));
    }
    return {};
  }

  Status check_name(const std::string& value) {
    const auto name = PackageName::parse(value);
    if (!name || *name != m_name || m_name_seen) return refuse(fmt::format("its Name is `{}`", shortened(value)));
    m_name_seen = true;
    return {};
  }

  Status check_version(const std::string& value) {
    const auto version = Version::parse(value);
    if (!version || *version != m_version || m_version_seen) return refuse(fmt::format("its Version is `{}`", shortened(value)));
    m_version_seen = true;
    return {};
  }

  Status take_requirement(const std::string& value) {
    auto requirement = Requirement::parse(value);
    if (!requirement) return refuse(fmt::format("`{}` is no requirement: {}", shortened(value), requirement.error().message));
    m_metadata.requires_dist.push_back(*std::move(requirement));
    return {};
  }

  const PackageName& m_name;
  const Version& m_version;
  WheelMetadata m_metadata;
  bool m_name_seen = false, m_version_seen = false;
};

}  // namespace

bool is_static(const WheelMetadata& pkg_info) {
  static const Version k_first = Version::parse("2.2").value();
  if (!pkg_info.metadata_version || *pkg_info.metadata_version < k_first) return false;
  const auto matters = [](const std::string& field) {
    return field == "requires-dist" || field == "requires-python" || field == "provides-extra";
  };
  return std::none_of(pkg_info.dynamic.begin(), pkg_info.dynamic.end(), matters);
}

Result<WheelMetadata> parse_core_metadata(std::string_view text, const PackageName& name, const Version& version) {
  return MetadataReader(name, version).read(text);
}

}  // namespace torchup
