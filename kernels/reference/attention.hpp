#pragma once
// The plain definition of attention, all scores of a head at once: what twice-naive compares with in the type of the
// values, and the truth in a wider one. Used by the attention kernel and its tests.

#include "torchup/kernels/element_type.hpp"

#include "kernels/native/attention/attention.hpp"

#include <span>

namespace torchup::reference {

/// As native::attention, all arithmetic in the type of the values; the scale is `scale_factor` times 1 / sqrt(depth).
void attention_plain(const native::AttentionSizes& sizes, const native::AttentionOptions& options, std::span<const float> query,
                     std::span<const float> key, std::span<const float> value, std::span<float> out);
void attention_plain(const native::AttentionSizes& sizes, const native::AttentionOptions& options, std::span<const double> query,
                     std::span<const double> key, std::span<const double> value, std::span<double> out, double scale_factor = 1);
void attention_plain(const native::AttentionSizes& sizes, const native::AttentionOptions& options, std::span<const long double> query,
                     std::span<const long double> key, std::span<const long double> value, std::span<long double> out,
                     double scale_factor = 1);

/// As a framework computes it step by step in a type of 16 bits: scores, weights and outputs are rounded to it, sums are float32.
void attention_plain_narrow(const native::AttentionSizes& sizes, const native::AttentionOptions& options, ElementType element,
                            std::span<const float> query, std::span<const float> key, std::span<const float> value, std::span<float> out);

}  // namespace torchup::reference
