#include "src/index/offers_text.hpp"

#include "torchup/system/http_policy.hpp"

#include "src/index/packed_bytes.hpp"

#include <algorithm>

namespace torchup {
namespace {

// Raised whenever the form or the meaning of what is written changes.
constexpr std::string_view k_form = "offers 5\n";
constexpr std::size_t k_bytes_of_one = 300;  // about what a version with a wheel takes

constexpr std::uint64_t k_has_wheel = 1, k_is_yanked = 2, k_has_size = 4, k_has_core_metadata = 8, k_has_sdist = 16;

std::uint64_t flags_of(const OfferedVersion& offer) {
  return (offer.candidate.yanked ? k_is_yanked : 0) | (offer.candidate.has_sdist ? k_has_sdist : 0) | (offer.wheel ? k_has_wheel : 0);
}

std::string print_file(const ProjectFile& file) {
  PackedWriter writer("");
  writer.number((file.size ? k_has_size : 0) | (file.core_metadata ? k_has_core_metadata : 0));
  writer.text(file.filename);
  writer.text(file.url.text());
  writer.digest(file.sha256);
  writer.number(file.size.value_or(0));
  writer.text_if_any(file.requires_python);
  writer.text_if_any(file.yanked);
  writer.text_if_any(file.upload_time);
  writer.digest(file.core_metadata ? file.core_metadata->sha256 : std::nullopt);
  return writer.take();
}

}  // namespace

std::string print_offers(const std::vector<OfferedVersion>& offers) {
  PackedWriter writer(k_form);
  for (const OfferedVersion& offer : offers) {
    writer.number(flags_of(offer));
    writer.text(offer.candidate.version.text());
    writer.text(offer.candidate.unusable);
    writer.text(offer.candidate.elsewhere);
    if (offer.wheel) writer.text(print_file(*offer.wheel));
  }
  return writer.take();
}

std::optional<std::vector<OfferedVersion>> parse_offers(std::string bytes, const Url& index) {
  const auto packed = std::make_shared<const PackedOffers>(PackedOffers{std::move(bytes), index});
  PackedReader reader(packed->bytes, k_form);
  std::vector<OfferedVersion> offers;
  offers.reserve(packed->bytes.size() / k_bytes_of_one);
  while (!reader.at_end()) {
    const auto flags = reader.number();
    const auto version = Version::parse(reader.text());
    const auto unusable = reader.text();
    const auto elsewhere = reader.text();
    if (!version || reader.failed()) return std::nullopt;
    OfferedVersion& offer = offers.emplace_back(
        OfferedVersion{{*version, std::string(unusable), (flags & k_is_yanked) != 0, std::string(elsewhere), (flags & k_has_sdist) != 0}});
    if ((flags & k_has_wheel) != 0) offer.wheel = OfferedFile(packed, reader.text());
  }
  if (reader.failed()) return std::nullopt;
  return offers;
}

std::optional<ProjectFile> parse_offered_file(std::string_view bytes, const Url& index) {
  PackedReader reader(bytes, "");
  const auto flags = reader.number();
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
  file.requires_python = reader.string_if_any();
  file.yanked = reader.string_if_any();
  file.upload_time = reader.string_if_any();
  const auto metadata = reader.digest();
  if ((flags & k_has_core_metadata) != 0) file.core_metadata = CoreMetadata{metadata};
  if (reader.failed() || !reader.at_end()) return std::nullopt;
  return file;
}

}  // namespace torchup
