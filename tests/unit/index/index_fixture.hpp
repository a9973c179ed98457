#pragma once
// What the tests of the index client share: a clock that only sleeping moves, diagnostics that are kept, and projects
// served by a transport without a network.

#include "src/index/index_client.hpp"
#include "tests/support/fake_transport.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/wheel_builder.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace torchup::test {

/// Time stands still but for sleeping; chance is always 0.
struct StillClock {
  std::shared_ptr<std::chrono::milliseconds> slept = std::make_shared<std::chrono::milliseconds>(0);

  RequestClock clock() const {
    return {[slept = slept] { return std::chrono::steady_clock::time_point(*slept); },
            [slept = slept] { return std::chrono::system_clock::from_time_t(1'700'000'000) + *slept; },
            [slept = slept](std::chrono::milliseconds pause) { *slept += pause; }, [] { return 0.0; }};
  }
};

class KeptDiagnostics final : public Diagnostics {
 public:
  void warn(std::string_view sentence) override { warnings.emplace_back(sentence); }
  void note(std::string_view) override {}
  void explain(std::string_view) override {}
  void progress(std::string_view, std::uint64_t, std::uint64_t) override {}

  std::vector<std::string> warnings;
};

/// A file server that knows "the last N bytes" too.
inline FakeTransport::Handler wheel_server(const std::string& content) {
  return [content, serve = file_server(content)](HttpRequest request) {
    for (HttpHeader& header : request.headers) {
      if (header.name == "Range" && header.value.starts_with("bytes=-")) {
        const std::size_t wanted = std::min<std::size_t>(std::stoul(header.value.substr(7)), content.size());
        header.value = fmt::format("bytes={}-{}", content.size() - wanted, content.size() - 1);
      } else if (header.name == "Range" && std::stoul(header.value.substr(header.value.find('-') + 1)) >= content.size()) {
        header.value = fmt::format("{}-{}", header.value.substr(0, header.value.find('-')), content.size() - 1);
      }
    }
    return serve(request);
  };
}

inline Url url_of(const std::string& text) { return Url::parse(text).value(); }
/// CPython 3.11.2 on x86-64 Linux with glibc 2.36.
inline FileRules linux_rules() {
  TagTarget target;
  target.python_minor = 11;
  target.system = "linux";
  target.machine = "x86_64";
  target.libc_major = 2;
  target.libc_minor = 36;
  return {SupportedTags(target), *Version::parse("3.11.2"), "linux-x86_64"};
}

inline PackageName package(const std::string& text) { return PackageName::parse(text).value(); }

/// A wheel with this METADATA behind its Name and Version.
inline MadeWheel made_wheel(const std::string& name, const std::string& version, const std::string& fields = "") {
  MadeWheel wheel;
  wheel.name = name;
  wheel.version = version;
  wheel.files = {{name + "/__init__.py", "answer = 42\n"}};
  wheel.metadata = fmt::format("Metadata-Version: 2.1\nName: {}\nVersion: {}\n{}\n", name, version, fields);
  return wheel;
}

/// An index of wheels on a fake transport: HTML pages below `base`, the wheels below `base`files/.
class ServedIndex {
 public:
  ServedIndex(FakeTransport& transport, std::string base) : m_transport(transport), m_base(std::move(base)) {}

  /// Adds one wheel; `attributes` go into its anchor, `fragment` takes the hash's place.
  ServedIndex& add(const MadeWheel& wheel, const std::string& attributes = "", std::optional<std::string> fragment = std::nullopt) {
    const std::string bytes = wheel.build();
    const std::string url = m_base + "files/" + wheel.file_name();
    m_transport.script(url, {wheel_server(bytes)});
    const std::string hash = fragment.value_or("#sha256=" + digest_of(bytes).hex());
    m_pages[wheel.name] += fmt::format("<a href='{}{}' {}>{}</a>\n", url, hash, attributes, wheel.file_name());
    serve(wheel.name);
    return *this;
  }

  /// Says of the project what PEP 792 has meta elements for.
  ServedIndex& mark(const std::string& name, const std::string& status, const std::string& reason) {
    m_heads[name] = fmt::format(
        "<meta name='pypi:repository-version' content='1.4'><meta name='pypi:project-status' content='{}'>"
        "<meta name='pypi:project-status-reason' content='{}'>",
        status, reason);
    serve(name);
    return *this;
  }

 private:
  void serve(const std::string& name) {
    m_transport.serve(m_base + name + "/", {.headers = {{"content-type", "text/html; charset=utf-8"}, {"etag", "\"1\""}},
                                            .body = "<html>" + m_heads[name] + "<body>" + m_pages[name] + "</body></html>"});
  }

  FakeTransport& m_transport;
  std::string m_base;
  std::map<std::string, std::string> m_heads, m_pages;
};

/// Drives until nothing is on its way.
inline void drive(IndexClient& client) {
  while (!client.idle()) {
    if (const auto driven = client.drive(); !driven) throw std::runtime_error(driven.error().message);
  }
}

}  // namespace torchup::test
