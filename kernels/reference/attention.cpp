#include "kernels/reference/attention.hpp"

#include "kernels/native/matmul/multiply.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace torchup::reference {

namespace {

using native::AttentionOptions;
using native::AttentionSizes;
using native::multiply_add;

/// For the widest type there is no kernel of ours: the definition.
void multiply_add(native::MatrixView<long double> a, native::MatrixView<long double> b, long double* c, std::ptrdiff_t c_step,
                  const native::ProductSizes& sizes) {
  for (std::int64_t row = 0; row < sizes.rows; ++row) {
    for (std::int64_t column = 0; column < sizes.columns; ++column) {
      long double sum = 0;
      for (std::int64_t k = 0; k < sizes.depth; ++k) {
        sum += a.data[row * a.row_step + k * a.column_step] * b.data[k * b.row_step + column * b.column_step];
      }
      c[row * c_step + column] += sum;
    }
  }
}

/// What the results of each step become: themselves, or the nearest numbers of a narrower type.
struct Exact {
  template <class T>
  void operator()(std::span<T>) const {}
};

struct Narrow {
  ElementType element;

  void operator()(std::span<float> values) const {
    for (float& value : values) value = from_half_bits(element, half_bits(element, value));
  }
};

/// The scores of query i become weights that add up to 1, or are all 0 where it sees no key.
template <class T>
void weigh_row(std::span<T> scores, std::int64_t i, const AttentionOptions& options, T scale) {
  const auto keys = static_cast<std::int64_t>(scores.size());
  T largest = -std::numeric_limits<T>::infinity();
  for (std::int64_t j = 0; j < keys; ++j) {
    T& score = scores[static_cast<std::size_t>(j)];
    score *= scale;
    if (!options.mask.empty()) score += static_cast<T>(options.mask[static_cast<std::size_t>(i * keys + j)]);
    if (options.causality == native::Causality::causal && j > i) score = -std::numeric_limits<T>::infinity();
    largest = std::max(largest, score);
  }
  if (largest == -std::numeric_limits<T>::infinity()) largest = 0;
  T sum{};
  for (T& score : scores) {
    score = std::exp(score - largest);
    sum += score;
  }
  if (sum == T{0}) return;
  for (T& score : scores) score /= sum;
}

template <class T, class Keep = Exact>
void plain(const AttentionSizes& sizes, const AttentionOptions& options, std::span<const T> query, std::span<const T> key,
           std::span<const T> value, std::span<T> out, const Keep& keep = {}, double scale_factor = 1) {
  const auto depth = sizes.depth;
  const T scale = static_cast<T>(scale_factor) / std::sqrt(static_cast<T>(depth));
  std::vector<T> scores(static_cast<std::size_t>(sizes.queries * sizes.keys));
  std::fill(out.begin(), out.end(), T{});
  for (std::int64_t head = 0; head < sizes.batch * sizes.query_heads; ++head) {
    const auto query_start = head * sizes.queries * depth;
    const auto key_start = head / (sizes.query_heads / sizes.key_heads) * sizes.keys * depth;
    std::fill(scores.begin(), scores.end(), T{});
    multiply_add(native::row_major(query.data() + query_start, depth), native::transposed(native::row_major(key.data() + key_start, depth)),
                 scores.data(), sizes.keys, {sizes.queries, sizes.keys, depth});
    keep(std::span<T>(scores));
    for (std::int64_t i = 0; i < sizes.queries; ++i) {
      weigh_row(std::span<T>(scores.data() + i * sizes.keys, static_cast<std::size_t>(sizes.keys)), i, options, scale);
    }
    keep(std::span<T>(scores));
    multiply_add(native::row_major<T>(scores.data(), sizes.keys), native::row_major(value.data() + key_start, depth),
                 out.data() + query_start, depth, {sizes.queries, depth, sizes.keys});
  }
  keep(out);
}

}  // namespace

void attention_plain(const AttentionSizes& sizes, const AttentionOptions& options, std::span<const float> query, std::span<const float> key,
                     std::span<const float> value, std::span<float> out) {
  plain(sizes, options, query, key, value, out);
}

void attention_plain(const AttentionSizes& sizes, const AttentionOptions& options, std::span<const double> query,
                     std::span<const double> key, std::span<const double> value, std::span<double> out, double scale_factor) {
  plain(sizes, options, query, key, value, out, Exact{}, scale_factor);
}

void attention_plain(const AttentionSizes& sizes, const AttentionOptions& options, std::span<const long double> query,
                     std::span<const long double> key, std::span<const long double> value, std::span<long double> out,
                     double scale_factor) {
  plain(sizes, options, query, key, value, out, Exact{}, scale_factor);
}

void attention_plain_narrow(const AttentionSizes& sizes, const AttentionOptions& options, ElementType element, std::span<const float> query,
                            std::span<const float> key, std::span<const float> value, std::span<float> out) {
  plain(sizes, options, query, key, value, out, Narrow{element});
}

}  // namespace torchup::reference
