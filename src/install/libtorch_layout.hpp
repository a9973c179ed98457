#pragma once
// Where each file of a wheel, or of a published LibTorch archive, goes in a LibTorch folder: lib, include, share and bin of torch, and in
// the same lib every library of the packages that torch needs, since each of them looks beside itself ($ORIGIN). The layout of wheels
// calls it.

#include "torchup/install/verified_artifact.hpp"

#include "src/install/wheel_layout.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace torchup {

/// The place of a wheel's file, relative to the generation: "lib/libc10.so" of "torch/lib/libc10.so"; nothing for what programs in
/// C++ have no use for, Python's modules above all.
std::optional<std::string> native_place(std::string_view path);

/// Lays a wheel or an archive out. A wheel of torch also gets `build-version` and `build-hash`, as archives have them. What lies outside
/// `libtorch/` in an archive, and a path that leaves the folder, is ErrorKind::integrity.
Result<WheelLayout> lay_out_native(const ArtifactManifest& manifest, const OpenTree& tree, const PythonLayout& layout);

}  // namespace torchup
