#pragma once
// The one sentence that says what was chosen and why, and what was passed over for it.

#include "resolver/variants/situation.hpp"

#include <string>

namespace torchup {

/// Never hides that an accelerator stays unused, nor that the newest release was passed over.
std::string explain_choice(const Situation& situation, const VariantChoice& choice, const VariantWish& wish);

}  // namespace torchup
