// A stored tree's manifest, closed by the digest that its reader asks for: what was read is written in a form that reads back.

#include "torchup/system/hash.hpp"

#include "src/store/manifest_file.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  const std::string closed = body + "sha256 " + torchup::sha256(std::as_bytes(std::span(body))).hex() + "\n";
  for (const std::string& text : {body, closed}) {
    const auto manifest = torchup::parse_manifest(text);
    if (!manifest) {
      if (manifest.error().message.empty()) std::abort();
      continue;
    }
    const std::string written = torchup::print_manifest(*manifest);
    const auto again = torchup::parse_manifest(written);
    if (!again || torchup::print_manifest(*again) != written) std::abort();
  }
  return 0;
}
