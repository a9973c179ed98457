#pragma once
// One step of attention: a panel of queries, one a lane, against one block of keys, with the row's maximum and sum carried along
// (online softmax). Scores are kept transposed, keys x queries, so that they are at once the packed panel that the second product
// reads, and no reduction crosses lanes. The body, compiled once for each instruction set by attend_step_SET.cpp.

#include "kernels/native/matmul/product_tile.hpp"

#include <cstddef>
#include <cstdint>

namespace torchup::native {

/// What a panel of queries has gathered: depth (rounded up to the tile's rows) x lanes, and the state of each row's softmax.
struct PanelState {
  float* gathered = nullptr;
  float* largest = nullptr;  ///< In units of log 2, -infinity at first.
  float* sum = nullptr;
};

struct AttendStep {
  const float* queries = nullptr;  ///< Packed depth x lanes, scaled by log2(e) / sqrt(depth).
  const float* keys = nullptr;     ///< Packed in panels of the tile's rows: depth x rows each.
  const float* values = nullptr;   ///< Transposed, packed in panels of the tile's rows: key_count x rows each.
  float* scores = nullptr;         ///< Room for key_count, rounded up to the tile's rows, x lanes.
  std::int64_t key_count = 0, depth = 0;
  /// Lane q sees the keys of this block below first_hidden + q; at least key_count where nothing is hidden.
  std::int64_t first_hidden = 0;
  const float* bias = nullptr;  ///< key_count x lanes, in units of log 2, added to the scores; or nullptr.
  PanelState state;
};

struct Attend {
  void (*run)(const AttendStep& step);
  int rows, lanes;  ///< Of the tile.
};

template <class Set, int tile_rows>
class AttendBody {
  using Lane = Lanes<Set, float>;
  using Vector = typename Lane::Vector;
  using Mask = typename Lanes<Set, std::int32_t>::Vector;
  using Bits = typename Lanes<Set, std::uint32_t>::Vector;
  using Tile = ProductTileBody<Set, float, tile_rows>;
  static constexpr std::int64_t k_lanes = static_cast<std::int64_t>(Lane::k_count);
  static constexpr std::int64_t k_columns = Tile::k_columns;

 public:
  static constexpr int k_rows = tile_rows, k_panel = Tile::k_columns;

  static void run(const AttendStep& step) {
    for (std::int64_t key = 0; key < step.key_count; key += tile_rows) {
      Tile::template run<Into::set>(step.depth, step.keys + key * step.depth, step.queries, step.scores + key * k_columns, k_columns);
    }
    if (step.bias != nullptr) add_bias(step);
    if (step.first_hidden < step.key_count) hide(step);
    for (std::int64_t half = 0; half < k_columns; half += k_lanes) soften(step, half);
    for (std::int64_t row = 0; row < step.depth; row += tile_rows) {
      Tile::template run<Into::add>(step.key_count, step.values + row * step.key_count, step.scores, step.state.gathered + row * k_columns,
                                    k_columns);
    }
  }

 private:
  [[gnu::always_inline]] static inline Vector all(float value) { return Vector{} + value; }

  /// 2^x for x <= 0, to 2e-7 of it; 0 below -126, and what is no number stays none.
  [[gnu::always_inline]] static inline Vector power_of_two(Vector x) {
    constexpr float k_rounder = 0x1.8p23F;  // adding it rounds to a whole number, which lies in the low bits
    const Mask small = x < -126.0F;
    const Vector clamped = small ? all(-126) : x;
    const Vector shifted = clamped + k_rounder;
    const Vector rest = clamped - (shifted - k_rounder);
    // The polynomial through the Chebyshev points of [-1/2, 1/2].
    Vector value = rest * 0.00133908633F + 0.00967603177F;
    value = value * rest + 0.0555035695F;
    value = value * rest + 0.240221068F;
    value = value * rest + 0.693147182F;
    value = value * rest + 1.00000012F;
    const Bits exponent = (reinterpret_cast<Bits>(shifted) - 0x4b400000U) << 23U;
    const Vector scaled = reinterpret_cast<Vector>(reinterpret_cast<Bits>(value) + exponent);
    const Mask number = x == x;
    return small ? Vector{} : (number ? scaled : x);
  }

  static void add_bias(const AttendStep& step) {
    for (std::int64_t i = 0; i < step.key_count * k_columns; i += k_lanes) {
      Vector score, bias;
      Lane::load(score, step.scores + i);
      Lane::load(bias, step.bias + i);
      Lane::store(step.scores + i, score + bias);
    }
  }

  static void hide(const AttendStep& step) {
    for (std::int64_t key = step.first_hidden < 0 ? 0 : step.first_hidden; key < step.key_count; ++key) {
      for (std::int64_t lane = 0; lane < k_columns && step.first_hidden + lane <= key; ++lane) {
        step.scores[key * k_columns + lane] = -__builtin_inff();
      }
    }
  }

  /// Scores become weights 2^(score - largest), and what was gathered is scaled to the new maximum.
  static void soften(const AttendStep& step, std::int64_t half) {
    float* const scores = step.scores + half;
    Vector before, sum;
    Lane::load(before, step.state.largest + half);
    Lane::load(sum, step.state.sum + half);
    Vector largest = before;
    for (std::int64_t key = 0; key < step.key_count; ++key) {
      Vector score;
      Lane::load(score, scores + key * k_columns);
      largest = score > largest ? score : largest;
    }
    // A row of which nothing was seen yet keeps weights of 0 instead of infinity less infinity.
    const Vector base = largest == -__builtin_inff() ? Vector{} : largest;
    const Vector keep = power_of_two(before - base);
    Vector other{};
    sum *= keep;
    std::int64_t key = 0;
    for (; key + 2 <= step.key_count; key += 2) {
      weigh(scores + key * k_columns, base, sum);
      weigh(scores + (key + 1) * k_columns, base, other);
    }
    if (key < step.key_count) weigh(scores + key * k_columns, base, sum);
    Lane::store(step.state.sum + half, sum + other);
    Lane::store(step.state.largest + half, largest);
    for (std::int64_t row = 0; row < step.depth; ++row) {
      float* const gathered = step.state.gathered + row * k_columns + half;
      Vector value;
      Lane::load(value, gathered);
      Lane::store(gathered, value * keep);
    }
  }

  [[gnu::always_inline]] static inline void weigh(float* score, Vector base, Vector& sum) {
    Vector value;
    Lane::load(value, score);
    value = power_of_two(value - base);
    sum += value;
    Lane::store(score, value);
  }
};

template <class Set, int tile_rows>
constexpr Attend attend() {
  using Body = AttendBody<Set, tile_rows>;
  return {&Body::run, Body::k_rows, Body::k_panel};
}

Attend attend_baseline();
Attend attend_avx2();
Attend attend_avx512();

}  // namespace torchup::native
