#pragma once
// The plain definition of attention, all scores of a head at once: in float32 what twice-naive compares with, in float64 the truth.
// Used by the attention kernel and its tests.

#include "kernels/native/attention/attention.hpp"

#include <span>

namespace torchup::reference {

/// As native::attention, all arithmetic in the type of the values.
void attention_plain(const native::AttentionSizes& sizes, const native::AttentionOptions& options, std::span<const float> query,
                     std::span<const float> key, std::span<const float> value, std::span<float> out);
void attention_plain(const native::AttentionSizes& sizes, const native::AttentionOptions& options, std::span<const double> query,
                     std::span<const double> key, std::span<const double> value, std::span<double> out);

}  // namespace torchup::reference
