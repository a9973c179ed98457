#pragma once
// Loops that touch each element once, and the loop that touches none: products, sums, the triad, and multiplications and additions
// in registers. The body, compiled once for each instruction set by stream_loops_SET.cpp.

#include "kernels/native/lanes.hpp"

#include <cstddef>

namespace torchup::native {

struct StreamLoops {
  /// out[i] = a[i] * b[i]
  void (*multiply)(std::size_t count, const float* a, const float* b, float* out);
  /// The sum of the elements: in float32 inside pieces of 4096, of the pieces in float64.
  double (*sum)(std::size_t count, const float* values);
  /// out[i] = a[i] + scale * b[i]
  void (*triad)(std::size_t count, float scale, const float* a, const float* b, float* out);
  /// Twelve chains of x = x * factor + 1 in each lane, the i-th from x = i, `rounds` steps; `out` takes what one lane of each became.
  void (*chain)(std::size_t rounds, float factor, float* out);
  std::size_t chain_lanes;  ///< Of one chain.
};

constexpr std::size_t k_chains = 12;

template <class Set>
struct StreamLoopsBody {
  using Lane = Lanes<Set, float>;
  using Vector = typename Lane::Vector;
  static constexpr std::size_t k_lanes = Lane::k_count;

  static void multiply(std::size_t count, const float* a, const float* b, float* out) {
    for (std::size_t i = 0; i < count; ++i) out[i] = a[i] * b[i];
  }

  static void triad(std::size_t count, float scale, const float* a, const float* b, float* out) {
    for (std::size_t i = 0; i < count; ++i) out[i] = a[i] + scale * b[i];
  }

  static double sum(std::size_t count, const float* values) {
    constexpr std::size_t k_piece = 4096;
    double total = 0;
    for (std::size_t first = 0; first < count; first += k_piece) {
      total += static_cast<double>(piece_sum(count - first < k_piece ? count - first : k_piece, values + first));
    }
    return total;
  }

  static void chain(std::size_t rounds, float factor, float* out) {
    Vector chains[k_chains];  // that begin alike would be one to the compiler
    for (std::size_t i = 0; i < k_chains; ++i) chains[i] = Vector{} + static_cast<float>(i);
    for (std::size_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
      for (std::size_t i = 0; i < k_chains; ++i) chains[i] = chains[i] * factor + 1.0F;
    }
    for (std::size_t i = 0; i < k_chains; ++i) out[i] = chains[i][i % k_lanes];
  }

 private:
  [[gnu::always_inline]] static inline float piece_sum(std::size_t count, const float* values) {
    Vector sums[4] = {};
    std::size_t i = 0;
    for (; i + 4 * k_lanes <= count; i += 4 * k_lanes) {
#pragma GCC unroll 4
      for (std::size_t part = 0; part < 4; ++part) {
        Vector value;
        Lane::load(value, values + i + part * k_lanes);
        sums[part] += value;
      }
    }
    const Vector together = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    float sum = 0;
    for (std::size_t lane = 0; lane < k_lanes; ++lane) sum += together[lane];
    for (; i < count; ++i) sum += values[i];
    return sum;
  }
};

template <class Set>
constexpr StreamLoops stream_loops_of() {
  using Body = StreamLoopsBody<Set>;
  return {&Body::multiply, &Body::sum, &Body::triad, &Body::chain, Body::k_lanes};
}

StreamLoops stream_loops_baseline();
StreamLoops stream_loops_avx2();
StreamLoops stream_loops_avx512();

}  // namespace torchup::native
