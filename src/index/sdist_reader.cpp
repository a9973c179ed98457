#include "src/index/sdist_reader.hpp"

#include "torchup/system/hash.hpp"

#include "src/archive/tar_archive.hpp"
#include "src/index/core_metadata.hpp"

#include <fmt/format.h>

namespace torchup {
namespace {

tl::unexpected<Error> refuse(const ProjectFile& file, std::string_view why) {
  return failure({ErrorKind::integrity, fmt::format("the sdist `{}` cannot be read: {}", file.filename, why), {}, {}});
}

/// "NAME-VERSION.tar.gz" as name and version; the last dash parts them, since versions hold none.
std::optional<std::pair<PackageName, Version>> identity_of(std::string_view filename) {
  const auto stem = filename.substr(0, filename.size() - std::string_view(".tar.gz").size());
  for (auto dash = stem.rfind('-'); dash != std::string_view::npos && dash > 0; dash = stem.rfind('-', dash - 1)) {
    auto name = PackageName::parse(stem.substr(0, dash));
    auto version = Version::parse(stem.substr(dash + 1));
    if (name && version) return std::pair(*std::move(name), *std::move(version));
  }
  return std::nullopt;
}

}  // namespace

void read_sdist(RequestQueue& queue, const ProjectFile& file, std::function<void(Result<std::string>)> done) {
  HttpRequest request{.url = file.url, .body_limit = k_largest_sdist};
  queue.get(std::move(request), [file, done = std::move(done)](Result<Fetched> got) {
    if (!got) return done(failure(std::move(got).error()));
    const HttpResponse& response = got->response;
    if (response.status != 200) {
      return done(failure({ErrorKind::network, fmt::format("`{}` answers with status {}", file.url.text(), response.status), {}, {}}));
    }
    const Sha256 digest = sha256(std::as_bytes(std::span(response.body)));
    if (file.sha256 && digest != *file.sha256) {
      return done(refuse(file, fmt::format("its sha256 is `{}`, and the index says `{}`", digest.hex(), file.sha256->hex())));
    }
    done(std::move(got->response.body));
  });
}

Result<RawMetadata> pkg_info_of(std::string_view sdist, const ProjectFile& file) {
  const auto identity = identity_of(file.filename);
  if (!identity) return refuse(file, "its name is no NAME-VERSION.tar.gz");
  TarArchive archive(std::as_bytes(std::span(sdist)));
  for (;;) {
    TORCHUP_TRY_ASSIGN(const std::optional<TarEntry> entry, archive.next());
    if (!entry) return refuse(file, "it has no PKG-INFO");
    const auto slash = entry->name.find('/');
    if (entry->folder || slash == std::string::npos || entry->name.substr(slash + 1) != "PKG-INFO") continue;
    TORCHUP_TRY_ASSIGN(std::string text, archive.content(k_metadata_limit));
    TORCHUP_TRY_ASSIGN(const WheelMetadata read, parse_core_metadata(text, identity->first, identity->second));
    return RawMetadata{.text = std::move(text), .wheel_size = sdist.size(), .unpacked_bytes = {}, .dynamic = !is_static(read)};
  }
}

}  // namespace torchup
