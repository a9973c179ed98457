#include "src/index/hash_file.hpp"

#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <memory>

namespace torchup {
namespace {

/// What has come so far; a retry or a redirect begins anew.
struct Reading {
  Sha256Stream hash;
  std::uint64_t bytes = 0;
};

}  // namespace

void hash_file(RequestQueue& queue, const ProjectFile& file, Diagnostics& diagnostics, std::function<void(Result<HashedFile>)> done) {
  auto reading = std::make_shared<Reading>();
  HttpRequest request{.url = file.url, .body_limit = k_largest_hashed_file};
  request.on_head = [reading](const HttpResponse&) -> Status {
    *reading = Reading();
    return {};
  };
  request.sink = [reading, &diagnostics, file](std::span<const std::byte> bytes) -> Status {
    reading->hash.update(bytes);
    reading->bytes += bytes.size();
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
    done(HashedFile{reading->hash.finish(), reading->bytes});
  });
}

}  // namespace torchup
