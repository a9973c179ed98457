#pragma once
// softmax(scale Q K' + mask) V in float32, block after block of keys without ever holding all scores. Used by the attention
// kernels.

#include "kernels/native/execution.hpp"

#include <cstdint>
#include <span>

namespace torchup::native {

/// Queries are batch x query_heads x queries x depth, keys and values batch x key_heads x keys x depth, all row-major.
/// Several query heads share a key head where there are more of them: their numbers must divide.
struct AttentionSizes {
  std::int64_t batch = 0, query_heads = 0, key_heads = 0, queries = 0, keys = 0, depth = 0;
};

enum class Causality {
  none,
  causal,  ///< Query i sees the keys 0..i.
};

struct AttentionOptions {
  Causality causality = Causality::none;
  /// queries x keys, added to the scaled scores of every head; -infinity hides. Empty for none.
  std::span<const float> mask = {};
};

/// The scale is 1 / sqrt(depth). A query that sees no key gets zeros. What is no number spreads to the outputs that it weighs in.
void attention(const AttentionSizes& sizes, const AttentionOptions& options, std::span<const float> query, std::span<const float> key,
               std::span<const float> value, std::span<float> out, const Execution& execution = {});

}  // namespace torchup::native
