// A bundle, and its manifest by itself: what is read lies inside the file, and a manifest reads back as it was written.

#include "src/bundle/bundle.hpp"
#include "tests/fuzz/file_in_memory.hpp"

#include <string_view>

namespace {

void check_manifest(std::string_view text) {
  const auto manifest = torchup::parse_bundle_manifest(text);
  if (!manifest) {
    if (manifest.error().rule.empty() || manifest.error().detail.empty()) std::abort();
    return;
  }
  const auto again = torchup::parse_bundle_manifest(torchup::print_bundle_manifest(*manifest));
  if (!again || !(*again == *manifest)) std::abort();
}

void check_bundle(const torchup::Bundle& bundle) {
  for (const torchup::PlacedMember& placed : bundle.members()) {
    if (placed.offset > bundle.size() || placed.member.size > bundle.size() - placed.offset) std::abort();
    for (const torchup::Url& url : placed.member.urls) {
      if (bundle.find(url) != &placed) std::abort();
    }
    (void)bundle.content(placed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_manifest({reinterpret_cast<const char*>(data), size});
  const torchup::fuzz::FileInMemory file(data, size);
  auto opened = torchup::PartedFile::open(file.path());
  if (!opened) std::abort();  // the file can be read
  if (!*opened) return 0;     // it is empty
  const auto bundle = torchup::Bundle::read(std::make_shared<torchup::PartedFile>(**std::move(opened)));
  if (!bundle) std::abort();
  if (*bundle) check_bundle(**bundle);
  return 0;
}
