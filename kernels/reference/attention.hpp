#pragma once
// softmax(Q K' / sqrt(d)) V: a blocked float32 version with online softmax (the yardstick), and the plain definition in
// float32 (what twice-naive compares with) and float64 (the truth). Used by the attention kernel only.

#include <cstdint>
#include <span>
#include <vector>

namespace torchup::reference {

struct AttentionSizes {
  std::int64_t heads = 0;  ///< Batch times heads: independent problems, one after the other in memory.
  std::int64_t length = 0, depth = 0;
};

/// One block of keys at a time, the row's maximum and sum carried along.
void attention_blocked(AttentionSizes sizes, std::span<const float> query, std::span<const float> key, std::span<const float> value,
                       std::span<float> out);

/// The definition, row by row, all arithmetic in T.
void attention_plain(AttentionSizes sizes, std::span<const float> query, std::span<const float> key, std::span<const float> value,
                     std::span<float> out);
void attention_plain(AttentionSizes sizes, std::span<const double> query, std::span<const double> key, std::span<const double> value,
                     std::span<double> out);

}  // namespace torchup::reference
