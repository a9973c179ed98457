#include "src/index/offers_text.hpp"

#include "torchup/system/http_policy.hpp"

#include <algorithm>
#include <cstring>

namespace torchup {
namespace {

// Raised whenever the form or the meaning of what is written changes.
constexpr std::string_view k_form = "offers 3\n";
constexpr std::size_t k_bytes_of_one = 300;      // about what a version with a wheel takes
constexpr std::uint32_t k_nothing = 0xffffffff;  // the length of a text that is not there

class Writer {
 public:
  void number(std::uint64_t value) { m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void text(std::string_view value) {
    length(static_cast<std::uint32_t>(value.size()));
    m_bytes += value;
  }
  void text(const std::optional<std::string>& value) {
    if (value)
      text(std::string_view(*value));
    else
      length(k_nothing);
  }
  void digest(const std::optional<Sha256>& value) {
    if (value)
      text(std::string_view(reinterpret_cast<const char*>(value->bytes().data()), Sha256::k_bytes));
    else
      length(k_nothing);
  }
  std::string take() { return std::move(m_bytes); }

 private:
  void length(std::uint32_t value) { m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }

  std::string m_bytes{k_form};
};

/// Once anything does not fit, everything else is empty and `failed` true.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : m_rest(bytes) {}

  bool failed() const { return m_failed; }
  bool at_end() const { return m_rest.empty(); }

  std::uint64_t number() { return fixed<std::uint64_t>(); }

  std::optional<std::string_view> optional_text() {
    const auto length = fixed<std::uint32_t>();
    if (m_failed || length == k_nothing) return std::nullopt;
    if (length > m_rest.size()) return fail();
    const auto text = m_rest.substr(0, length);
    m_rest.remove_prefix(length);
    return text;
  }

  std::string_view text() {
    const auto found = optional_text();
    if (!found) m_failed = true;
    return found.value_or(std::string_view());
  }

  std::optional<std::string> optional_string() {
    const auto found = optional_text();
    return found ? std::optional<std::string>(*found) : std::nullopt;
  }

  std::optional<Sha256> digest() {
    const auto found = optional_text();
    if (!found) return std::nullopt;
    Sha256::Bytes bytes;
    if (found->size() != bytes.size()) {
      m_failed = true;
      return std::nullopt;
    }
    std::memcpy(bytes.data(), found->data(), bytes.size());
    return Sha256(bytes);
  }

 private:
  std::nullopt_t fail() {
    m_failed = true;
    return std::nullopt;
  }

  template <class Number>
  Number fixed() {
    Number value = 0;
    if (m_failed || m_rest.size() < sizeof value) {
      m_failed = true;
      return 0;
    }
    std::memcpy(&value, m_rest.data(), sizeof value);
    m_rest.remove_prefix(sizeof value);
    return value;
  }

  std::string_view m_rest;
  bool m_failed = false;
};

constexpr std::uint64_t k_has_wheel = 1, k_is_yanked = 2, k_has_size = 4, k_has_core_metadata = 8, k_has_sdist = 16;

void print_file(Writer& writer, const ProjectFile& file) {
  writer.text(std::string_view(file.filename));
  writer.text(std::string_view(file.url.text()));
  writer.digest(file.sha256);
  writer.number(file.size.value_or(0));
  writer.text(file.requires_python);
  writer.text(file.yanked);
  writer.text(file.upload_time);
  writer.digest(file.core_metadata ? file.core_metadata->sha256 : std::nullopt);
}

std::uint64_t flags_of(const OfferedVersion& offer) {
  const std::uint64_t flags = (offer.candidate.yanked ? k_is_yanked : 0) | (offer.candidate.has_sdist ? k_has_sdist : 0);
  if (!offer.wheel) return flags;
  return flags | k_has_wheel | (offer.wheel->size ? k_has_size : 0) | (offer.wheel->core_metadata ? k_has_core_metadata : 0);
}

std::optional<ProjectFile> parse_file(Reader& reader, std::uint64_t flags, const Url& index) {
  const auto filename = reader.text();
  const auto link = reader.text();
  // Following a link costs several readings of it, and makes a difference only where there are credentials to pass on.
  auto url = index.has_credentials() ? link_target(index, link) : Url::parse(link);
  if (!url) return std::nullopt;
  const auto sha256 = reader.digest();
  const auto size = reader.number();
  ProjectFile file{.filename = std::string(filename), .url = *std::move(url)};
  file.sha256 = sha256;
  if ((flags & k_has_size) != 0) file.size = size;
  file.requires_python = reader.optional_string();
  file.yanked = reader.optional_string();
  file.upload_time = reader.optional_string();
  const auto metadata = reader.digest();
  if ((flags & k_has_core_metadata) != 0) file.core_metadata = CoreMetadata{metadata};
  if (reader.failed()) return std::nullopt;
  return file;
}

}  // namespace

std::string print_offers(const std::vector<OfferedVersion>& offers) {
  Writer writer;
  for (const OfferedVersion& offer : offers) {
    writer.number(flags_of(offer));
    writer.text(std::string_view(offer.candidate.version.text()));
    writer.text(std::string_view(offer.candidate.unusable));
    writer.text(std::string_view(offer.candidate.elsewhere));
    if (offer.wheel) print_file(writer, *offer.wheel);
  }
  return writer.take();
}

std::optional<std::vector<OfferedVersion>> parse_offers(std::string_view bytes, const Url& index) {
  if (!bytes.starts_with(k_form)) return std::nullopt;
  Reader reader(bytes.substr(k_form.size()));
  std::vector<OfferedVersion> offers;
  offers.reserve(bytes.size() / k_bytes_of_one);
  while (!reader.at_end()) {
    const auto flags = reader.number();
    const auto version = Version::parse(reader.text());
    const auto unusable = reader.text();
    const auto elsewhere = reader.text();
    if (!version || reader.failed()) return std::nullopt;
    OfferedVersion& offer = offers.emplace_back(
        OfferedVersion{{*version, std::string(unusable), (flags & k_is_yanked) != 0, std::string(elsewhere), (flags & k_has_sdist) != 0}});
    if ((flags & k_has_wheel) != 0) {
      offer.wheel = parse_file(reader, flags, index);
      if (!offer.wheel) return std::nullopt;
    }
  }
  return offers;
}

}  // namespace torchup
