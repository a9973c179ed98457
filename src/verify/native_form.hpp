#pragma once
// What a published archive of LibTorch must look like from its entries' names alone. Nothing inside says what else belongs to it, so that
// the archive's digest and the archive rules are the rest. Private to `verify`.

#include "src/archive/broken_rule.hpp"
#include "src/archive/zip_framing.hpp"

namespace torchup {

/// Broken: `libtorch-folder` where an entry lies outside of the one folder `libtorch`; `libtorch-parts` where that has no libraries in
/// `lib`, or no `build-version`.
Ruling<void> check_native_form(const ZipFrame& frame);

}  // namespace torchup
