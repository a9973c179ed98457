#include "src/index/hash_file.hpp"

#include "torchup/system/hash.hpp"

#include "src/index/kept_part.hpp"

#include <fmt/format.h>

#include <memory>

namespace torchup {
namespace {

/// What has come so far; a retry or a redirect begins anew.
struct Reading {
  Reading(const std::filesystem::path& parts, const Url& url) : part(parts, url) {}

  Sha256Stream hash;
  std::uint64_t bytes = 0;
  KeptPart part;
};

}  // namespace

void hash_file(RequestQueue& queue, const ProjectFile& file, const std::filesystem::path& parts, Diagnostics& diagnostics,
               std::function<void(Result<HashedFile>)> done) {
  auto reading = std::make_shared<Reading>(parts, file.url);
  HttpRequest request{.url = file.url, .body_limit = k_largest_hashed_file};
  request.on_head = [reading](const HttpResponse&) -> Status {
    reading->hash = Sha256Stream();
    reading->bytes = 0;
    reading->part.begin();
    return {};
  };
  request.sink = [reading, &diagnostics, file](std::span<const std::byte> bytes) -> Status {
    reading->hash.update(bytes);
    reading->bytes += bytes.size();
    reading->part.add(bytes);
    diagnostics.progress(file.filename, reading->bytes, std::max(file.size.value_or(0), reading->bytes + 1));
    return {};
  };
  queue.get(std::move(request), [reading, file, &diagnostics, done = std::move(done)](Result<Fetched> got) {
    if (!got) return done(failure(std::move(got).error()));
    const auto refuse = [&](const std::string& why) {
      done(failure({ErrorKind::network, fmt::format("`{}` cannot be read for its hash: {}", file.url.text(), why), {}, {}}));
    };
    if (got->response.status != 200) return refuse(fmt::format("the server answers with status {}", got->response.status));
    if (file.size && *file.size != reading->bytes) return refuse(fmt::format("it has {} bytes, not {}", reading->bytes, *file.size));
    diagnostics.progress(file.filename, reading->bytes, reading->bytes);
    const HashedFile read{reading->hash.finish(), reading->bytes};
    reading->part.publish(read.sha256);
    done(read);
  });
}

}  // namespace torchup
