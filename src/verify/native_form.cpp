#include "src/verify/native_form.hpp"

#include <fmt/format.h>

#include <string_view>

namespace torchup {

Ruling<void> check_native_form(const ZipFrame& frame) {
  constexpr std::string_view root = "libtorch/", library = "libtorch/lib/", version = "libtorch/build-version";
  bool has_library = false, has_version = false;
  for (const FramedEntry& framed : frame.entries) {
    const std::string& name = framed.entry.name;
    if (!name.starts_with(root)) return broken("libtorch-folder", fmt::format("`{}` lies outside of `libtorch/`", name));
    has_library = has_library || (name.starts_with(library) && !framed.entry.is_directory());
    has_version = has_version || name == version;
  }
  if (!has_library) return broken("libtorch-parts", "it has nothing in `libtorch/lib/`");
  if (!has_version) return broken("libtorch-parts", fmt::format("it has no `{}`", version));
  return {};
}

}  // namespace torchup
