// The user's configuration: settings that can be used, or a reason; no text of it fails on the way to a mirror.

#include "src/configuration.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  torchup::SilentDiagnostics diagnostics;
  const auto read = torchup::parse_configuration({reinterpret_cast<const char*>(data), size}, "/home/me/config.toml", diagnostics);
  if (!read) return read.error().message.empty() ? (std::abort(), 0) : 0;
  const torchup::Url wheel = torchup::Url::parse("https://files.example/packages/a/../b/demo-1.0-py3-none-any.whl?x=1").value();
  const auto sources = torchup::sources_of(wheel, read->mirrors);
  if (sources.empty() || (read->mirrors.empty() && sources.front() != wheel)) std::abort();
  for (const auto& mirror : read->mirrors) {
    if (!mirror.from.path().ends_with('/') || !mirror.to.path().ends_with('/')) std::abort();
    const auto below = mirror.from.with_path(mirror.from.path() + "demo.whl");
    if (!below) std::abort();
    for (const torchup::Url& source : torchup::sources_of(*below, read->mirrors)) {
      if (source.scheme() == "file" || !source.path().ends_with("/demo.whl")) std::abort();
    }
  }
  return 0;
}
