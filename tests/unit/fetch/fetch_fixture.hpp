#pragma once
// Fetching from a scripted transport into a temporary folder.

#include "torchup/system/hash.hpp"

#include "src/fetch/fetch_artifacts.hpp"
#include "tests/support/fake_transport.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

namespace torchup::test {

using namespace std::chrono_literals;

inline Sha256 digest_of(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

/// Bytes that differ from place to place, so that a piece in the wrong place shows.
inline std::string content_of(std::size_t size, char first = 'a') {
  std::string content;
  for (std::size_t i = 0; content.size() < size; ++i) content += first + std::to_string(i);
  content.resize(size);
  return content;
}

inline const std::string k_url = "https://files.example/one-1-py3-none-any.whl";

struct Fetch {
  TemporaryFolder folder;
  FakeTransport transport;
  SilentDiagnostics diagnostics;
  Cancellation cancellation;
  HashLanes lanes{1};
  FetchOptions options{.at_once = 2, .retry = {.attempts = 3, .first_pause = 0ms, .longest_pause = 0ms}};
  std::vector<FetchItem> items;
  std::vector<std::string> got;  // contents, in the order in which they came

  Fetch() { transport.cancellation = &cancellation; }

  FetchItem& want(const std::string& content, const std::string& url = k_url) {
    items.push_back({{PackageName::parse("one").value(), Version::parse("1").value(),
                      LockedFile{.name = Url::parse(url).value().filename(),
                                 .url = Url::parse(url).value(),
                                 .size = content.size(),
                                 .sha256 = digest_of(content)}},
                     folder.path() / (digest_of(content).hex() + ".part")});
    return items.back();
  }

  Result<FetchReport> fetch() {
    const FetchEvents events{.whole = [&](std::size_t, const std::shared_ptr<PartFile>& part) -> Status {
      got.push_back(read_text(part->path()));
      return {};
    }};
    return fetch_artifacts(items, transport, options, lanes, diagnostics, cancellation, events);
  }

  Error failed() {
    const auto report = fetch();
    REQUIRE_FALSE(report.has_value());
    CHECK(got.empty());
    return report.error();
  }
};

inline const std::string k_content = content_of(3500);

}  // namespace torchup::test
