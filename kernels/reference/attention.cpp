#include "kernels/reference/attention.hpp"

#include "kernels/reference/multiply.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>

namespace torchup::reference {

namespace {

constexpr std::int64_t k_query_block = 96;
constexpr std::int64_t k_key_block = 256;

/// e^x for x <= 0 to about 2 units in the last place, in a form that compilers turn into vector code; 0 below -87.
[[gnu::always_inline]] inline float exp_of_negative(float x) {
  constexpr float log2_e = 1.44269504F;
  constexpr float ln2_high = 0.693359375F, ln2_low = -2.12194440e-4F;
  const float clamped = std::max(x, -87.0F);
  const auto power = static_cast<std::int32_t>(clamped * log2_e - 0.5F);  // rounds to nearest, since clamped <= 0
  const auto n = static_cast<float>(power);
  const float r = clamped - n * ln2_high - n * ln2_low;
  // Taylor's terms to r^7/7!: |r| <= ln2/2 leaves less than half a unit in the last place.
  float sum = 1.98412698e-4F;
  sum = sum * r + 1.38888889e-3F;
  sum = sum * r + 8.33333333e-3F;
  sum = sum * r + 4.16666667e-2F;
  sum = sum * r + 1.66666667e-1F;
  sum = sum * r + 0.5F;
  sum = sum * r + 1.0F;
  sum = sum * r + 1.0F;
  const float scaled = sum * std::bit_cast<float>((power + 127) << 23);
  return x < -87.0F ? 0.0F : scaled;
}

struct RowState {
  float largest = -std::numeric_limits<float>::infinity();
  float sum = 0;
};

/// scores = e^(score - largest); gives their sum. Eight separate sums, so that the additions need not wait for one another.
[[gnu::always_inline]] inline float weigh(float* scores, std::size_t count, float largest) {
  constexpr std::size_t lanes = 8;
  float sums[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      scores[i + lane] = exp_of_negative(scores[i + lane] - largest);
      sums[lane] += scores[i + lane];
    }
  }
  for (; i < count; ++i) {
    scores[i] = exp_of_negative(scores[i] - largest);
    sums[0] += scores[i];
  }
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
}

using WeighFunction = float (*)(float*, std::size_t, float);

float weigh_baseline(float* scores, std::size_t count, float largest) { return weigh(scores, count, largest); }

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] float weigh_avx2(float* scores, std::size_t count, float largest) { return weigh(scores, count, largest); }
#endif

WeighFunction choose_weigh() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return weigh_avx2;
#endif
  return weigh_baseline;
}

/// Turns scores into weights e^(score - largest) and scales what the row has gathered so far to the new maximum.
void soften_row(std::span<float> scores, RowState& state, std::span<float> gathered) {
  static const WeighFunction weigh_scores = choose_weigh();
  const float largest = std::max(state.largest, *std::max_element(scores.begin(), scores.end()));
  const float keep = std::isfinite(state.largest) ? exp_of_negative(state.largest - largest) : 0.0F;
  state.sum = state.sum * keep + weigh_scores(scores.data(), scores.size(), largest);
  state.largest = largest;
  if (keep != 1.0F) {
    for (float& entry : gathered) entry *= keep;
  }
}

struct HeadView {
  const float* query;
  const float* key;
  const float* value;
  float* out;
};

void attend_block(const HeadView& head, AttentionSizes sizes, std::int64_t first_query, std::int64_t queries, std::vector<float>& scaled,
                  std::vector<float>& scores) {
  const auto depth = sizes.depth;
  const float scale = 1.0F / std::sqrt(static_cast<float>(depth));
  const float* const query = head.query + first_query * depth;
  for (std::int64_t i = 0; i < queries * depth; ++i) scaled[static_cast<std::size_t>(i)] = query[i] * scale;
  float* const out = head.out + first_query * depth;
  std::fill(out, out + queries * depth, 0.0F);
  std::vector<RowState> states(static_cast<std::size_t>(queries));

  for (std::int64_t first_key = 0; first_key < sizes.length; first_key += k_key_block) {
    const auto keys = std::min(k_key_block, sizes.length - first_key);
    std::fill(scores.begin(), scores.end(), 0.0F);
    multiply_add(row_major(scaled.data(), depth), transposed(row_major(head.key + first_key * depth, depth)), scores.data(), keys, queries,
                 keys, depth);
    for (std::int64_t row = 0; row < queries; ++row) {
      soften_row({scores.data() + row * keys, static_cast<std::size_t>(keys)}, states[static_cast<std::size_t>(row)],
                 {out + row * depth, static_cast<std::size_t>(depth)});
    }
    multiply_add(row_major(scores.data(), keys), row_major(head.value + first_key * depth, depth), out, depth, queries, depth, keys);
  }
  for (std::int64_t row = 0; row < queries; ++row) {
    const float inverse = 1.0F / states[static_cast<std::size_t>(row)].sum;
    for (std::int64_t i = 0; i < depth; ++i) out[row * depth + i] *= inverse;
  }
}

template <class T>
void plain(AttentionSizes sizes, std::span<const T> query, std::span<const T> key, std::span<const T> value, std::span<T> out) {
  const auto length = sizes.length, depth = sizes.depth;
  const T scale = T{1} / std::sqrt(static_cast<T>(depth));
  std::vector<T> scores(static_cast<std::size_t>(length * length));
  std::fill(out.begin(), out.end(), T{});
  for (std::int64_t head = 0; head < sizes.heads; ++head) {
    const auto start = head * length * depth;
    std::fill(scores.begin(), scores.end(), T{});
    multiply_add(row_major(query.data() + start, depth), transposed(row_major(key.data() + start, depth)), scores.data(), length, length,
                 length, depth);
    for (std::int64_t i = 0; i < length; ++i) {
      const std::span<T> row(scores.data() + i * length, static_cast<std::size_t>(length));
      const T largest = *std::max_element(row.begin(), row.end());
      T sum{};
      for (T& score : row) {
        score = std::exp((score - largest) * scale);
        sum += score;
      }
      for (T& score : row) score /= sum;
    }
    multiply_add(row_major<T>(scores.data(), length), row_major(value.data() + start, depth), out.data() + start, depth, length, depth,
                 length);
  }
}

}  // namespace

void attention_blocked(AttentionSizes sizes, std::span<const float> query, std::span<const float> key, std::span<const float> value,
                       std::span<float> out) {
  std::vector<float> scaled(static_cast<std::size_t>(k_query_block * sizes.depth));
  std::vector<float> scores(static_cast<std::size_t>(k_query_block * k_key_block));
  for (std::int64_t head = 0; head < sizes.heads; ++head) {
    const auto start = head * sizes.length * sizes.depth;
    const HeadView view{query.data() + start, key.data() + start, value.data() + start, out.data() + start};
    for (std::int64_t first = 0; first < sizes.length; first += k_query_block) {
      attend_block(view, sizes, first, std::min(k_query_block, sizes.length - first), scaled, scores);
    }
  }
}

void attention_plain(AttentionSizes sizes, std::span<const float> query, std::span<const float> key, std::span<const float> value,
                     std::span<float> out) {
  plain(sizes, query, key, value, out);
}

void attention_plain(AttentionSizes sizes, std::span<const double> query, std::span<const double> key, std::span<const double> value,
                     std::span<double> out) {
  plain(sizes, query, key, value, out);
}

}  // namespace torchup::reference
