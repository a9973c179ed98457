#pragma once
// The one sentence that says what was chosen and why, and what was passed over for it.

#include "resolver/variants/situation.hpp"

#include <string>

namespace torchup {

/// Never hides that an accelerator stays unused, nor that the newest release was passed over. `nearest` is, of all builds for an
/// accelerator here that do not fit, the one that comes nearest; nullptr where there is none.
std::string explain_choice(const Situation& situation, const VariantChoice& choice, const VariantWish& wish, const RankedVariant* nearest);

}  // namespace torchup
