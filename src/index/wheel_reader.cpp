#include "src/index/wheel_reader.hpp"

#include "torchup/system/hash.hpp"

#include "src/archive/read_entry.hpp"
#include "src/archive/zip_directory.hpp"
#include "src/index/core_metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace torchup {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

tl::unexpected<Error> refuse(ErrorKind kind, const ProjectFile& file, std::string_view why) {
  return failure({kind,
                  fmt::format("the METADATA of `{}` cannot be read: {}", file.filename, why),
                  {fmt::format("while reading `{}`", file.url.text())},
                  {}});
}

/// Some bytes of the wheel, and where they lie in it.
struct Part {
  std::string bytes;
  std::uint64_t first = 0;
  std::uint64_t total = 0;

  bool holds(std::uint64_t from, std::uint64_t to) const { return from >= first && to <= first + bytes.size(); }
  std::span<const std::byte> from(std::uint64_t offset) const { return bytes_of(bytes).subspan(static_cast<std::size_t>(offset - first)); }
};

/// The one METADATA of the one .dist-info folder at the archive's root.
Result<const ZipEntry*> find_metadata(const ZipDirectory& directory, const ProjectFile& file) {
  const ZipEntry* found = nullptr;
  for (const ZipEntry& entry : directory.entries) {
    constexpr std::string_view k_ending = ".dist-info/METADATA";
    if (!entry.name.ends_with(k_ending) || entry.name.find('/') != entry.name.size() - std::string_view("/METADATA").size()) continue;
    if (found != nullptr) return refuse(ErrorKind::integrity, file, "it has several");
    found = &entry;
  }
  if (found == nullptr) return refuse(ErrorKind::integrity, file, "the wheel has none");
  if (found->size > k_metadata_limit) return refuse(ErrorKind::integrity, file, "it is too large");
  return found;
}

/// One reading; callbacks on their way keep it alive.
class WheelReading : public std::enable_shared_from_this<WheelReading> {
 public:
  using Done = std::function<void(Result<RawMetadata>)>;

  WheelReading(RequestQueue& queue, ProjectFile file, Done done) : m_queue(queue), m_file(std::move(file)), m_done(std::move(done)) {}

  void start() {
    if (!m_file.core_metadata) return ask_tail(k_first_tail);
    auto url = m_file.url.join(m_file.url.path().substr(m_file.url.path().rfind('/') + 1) + ".metadata");
    if (!url) return ask_tail(k_first_tail);
    HttpRequest request{.url = *std::move(url), .body_limit = k_metadata_limit, .accept_compressed = true};
    m_queue.get(std::move(request), [self = shared_from_this()](Result<Fetched> got) { self->take_metadata_file(std::move(got)); });
  }

 private:
  void finish(Result<RawMetadata> result) { m_done(std::move(result)); }

  // An index that promises the file and does not have it, or has another one, still has the wheel.
  void take_metadata_file(Result<Fetched> got) {
    if (!got) return finish(failure(std::move(got).error()));
    const bool right = !m_file.core_metadata->sha256 || *m_file.core_metadata->sha256 == sha256(bytes_of(got->response.body));
    if (got->response.status != 200 || !right) return ask_tail(k_first_tail);
    finish(RawMetadata{std::move(got->response.body), m_file.size});
  }

  void ask_tail(std::uint64_t bytes) {
    if (m_file.size == 0) return finish(refuse(ErrorKind::integrity, m_file, "the wheel is empty"));
    const std::string range = m_file.size ? fmt::format("bytes={}-{}", *m_file.size - std::min(bytes, *m_file.size), *m_file.size - 1)
                                          : fmt::format("bytes=-{}", bytes);
    ask(range, [this](Part part) { take_tail(std::move(part)); });
  }

  template <class Take>
  void ask(const std::string& range, Take take) {
    HttpRequest request{.url = m_file.url, .headers = {{"Range", range}}, .body_limit = k_whole_wheel_limit};
    m_queue.get(std::move(request), [self = shared_from_this(), take](Result<Fetched> got) {
      if (!got) return self->finish(failure(std::move(got).error()));
      auto part = self->part_of(std::move(got->response));
      if (!part) return self->finish(failure(std::move(part).error()));
      take(*std::move(part));
    });
  }

  Result<Part> part_of(HttpResponse response) const {
    const std::uint64_t size = response.body.size();
    if (response.status == 200) return Part{std::move(response.body), 0, size};  // ranges are not known here
    if (response.status != 206)
      return refuse(ErrorKind::network, m_file, fmt::format("the server answers with status {}", response.status));
    const auto range = parse_content_range(response.header("content-range").value_or(""));
    if (!range || range->last - range->first + 1 != size || (m_file.size && *m_file.size != range->total)) {
      return refuse(ErrorKind::network, m_file, "the server answers with another part of the file than asked for");
    }
    return Part{std::move(response.body), range->first, range->total};
  }

  void take_tail(Part part) {
    if (part.first + part.bytes.size() != part.total) {
      return finish(refuse(ErrorKind::network, m_file, "the server answers with another part of the file than asked for"));
    }
    auto parsed = parse_zip_directory(bytes_of(part.bytes), part.total);
    if (!parsed) return finish(with_context(Result<RawMetadata>(failure(std::move(parsed).error())), frame()));
    if (const auto* more = std::get_if<NeedTail>(&*parsed)) {
      if (more->bytes <= part.bytes.size() || more->bytes > std::min(k_longest_tail, part.total)) {
        return finish(refuse(ErrorKind::integrity, m_file, "its directory is too large"));
      }
      return ask_tail(more->bytes);
    }
    const auto& directory = std::get<ZipDirectory>(*parsed);
    const auto entry = find_metadata(directory, m_file);
    if (!entry) return finish(failure(entry.error()));
    m_total = part.total;
    for (const ZipEntry& each : directory.entries) m_unpacked += each.size;
    const std::uint64_t first = (*entry)->header_offset;
    const std::uint64_t end = directory.end_of(**entry);
    if (first >= end) return finish(refuse(ErrorKind::integrity, m_file, "its directory is damaged"));
    if (part.holds(first, end)) return take_entry(part, **entry);
    ask(fmt::format("bytes={}-{}", first, end - 1), [this, wanted = **entry, end](const Part& got) {
      if (!got.holds(wanted.header_offset, end)) {
        return finish(refuse(ErrorKind::network, m_file, "the server answers with another part of the file than asked for"));
      }
      take_entry(got, wanted);
    });
  }

  void take_entry(const Part& part, const ZipEntry& entry) {
    auto text = read_entry(part.from(entry.header_offset), entry);
    if (!text) return finish(with_context(Result<RawMetadata>(failure(std::move(text).error())), frame()));
    finish(RawMetadata{*std::move(text), m_total, m_unpacked});
  }

  std::string frame() const { return fmt::format("while reading the METADATA of `{}`", m_file.url.text()); }

  RequestQueue& m_queue;
  ProjectFile m_file;
  Done m_done;
  std::uint64_t m_total = 0;
  std::uint64_t m_unpacked = 0;
};

}  // namespace

void read_wheel_metadata(RequestQueue& queue, const ProjectFile& file, std::function<void(Result<RawMetadata>)> done) {
  std::make_shared<WheelReading>(queue, file, std::move(done))->start();
}

void read_wheel_size(RequestQueue& queue, const ProjectFile& file, std::function<void(Result<std::uint64_t>)> done) {
  HttpRequest request{.url = file.url, .headers = {{"Range", "bytes=-1"}}};
  // A server that knows no ranges begins to send the whole wheel: its Content-Length is enough.
  auto announced = std::make_shared<std::optional<std::uint64_t>>();
  request.on_head = [announced](const HttpResponse& head) -> Status {
    if (head.status != 200) return {};
    const std::string length(head.header("content-length").value_or(""));
    std::uint64_t bytes = 0;
    const auto [end, problem] = std::from_chars(length.data(), length.data() + length.size(), bytes);
    if (!length.empty() && problem == std::errc{} && end == length.data() + length.size()) *announced = bytes;
    return failure({ErrorKind::network, "the server announces no size", {}, {}});
  };
  queue.get(std::move(request), [file, announced, done = std::move(done)](Result<Fetched> got) {
    if (*announced) return done(**announced);
    if (!got) return done(failure(std::move(got).error()));
    const auto range = parse_content_range(got->response.header("content-range").value_or(""));
    if (got->response.status == 206 && range) return done(range->total);
    done(failure({ErrorKind::network,
                  fmt::format("the size of `{}` cannot be learned: the server answers with status {}", file.filename, got->response.status),
                  {},
                  {}}));
  });
}

}  // namespace torchup
