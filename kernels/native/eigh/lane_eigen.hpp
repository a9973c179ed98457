#pragma once
// Eigenvalues and eigenvectors of as many small symmetric matrices at once as a vector has lanes: Householder reduction to
// tridiagonal form, then implicit QL with Wilkinson's shift, one matrix a lane. Lanes that have nothing to rotate take part as
// the identity, so nothing branches on values. The body, compiled once for each instruction set by lane_eigen_SET.cpp.

#include "kernels/native/lanes.hpp"

#include <cstddef>
#include <cstdint>

namespace torchup::native {

/// Workspace of one group: n x n vectors each for the matrix and the eigenvectors, n each for the others.
struct LaneEigenSpace {
  float* matrix = nullptr;   ///< [row][column][lane]; only the lower triangle is read; overwritten.
  float* vectors = nullptr;  ///< [j][i][lane]: row j becomes the j-th eigenvector.
  float* diagonal = nullptr;
  float* beside = nullptr;  ///< The tridiagonal's off-diagonal.
  float* factor = nullptr;
  float* product = nullptr;
  float* cosine = nullptr;
  float* sine = nullptr;
};

struct LaneEigen {
  /// Leaves eigenvalues, not sorted, in `diagonal`, and eigenvectors in the rows of `vectors`. A bit for each lane that did not
  /// converge.
  std::uint32_t (*solve)(std::size_t n, const LaneEigenSpace& space);
  std::size_t lanes;
};

template <class Set>
class LaneEigenBody {
  using Lane = Lanes<Set, float>;
  using Vector = typename Lane::Vector;
  using Mask = typename Lanes<Set, std::int32_t>::Vector;
  static constexpr std::size_t k_lanes = Lane::k_count;
  static constexpr std::size_t k_sweeps = 30;  // for each eigenvalue; fewer than two are usual
  static constexpr float k_epsilon = 0x1p-23F;

 public:
  static std::uint32_t solve(std::size_t n, const LaneEigenSpace& space) {
    LaneEigenBody body(n, space);
    body.reduce();
    body.accumulate();
    return body.diagonalize();
  }

 private:
  LaneEigenBody(std::size_t n, const LaneEigenSpace& space)
      : m_n(n),
        m_a(as_vectors(space.matrix)),
        m_q(as_vectors(space.vectors)),
        m_d(as_vectors(space.diagonal)),
        m_e(as_vectors(space.beside)),
        m_factor(as_vectors(space.factor)),
        m_p(as_vectors(space.product)),
        m_cosine(as_vectors(space.cosine)),
        m_sine(as_vectors(space.sine)) {}

  [[gnu::always_inline]] static inline Vector* as_vectors(float* values) { return reinterpret_cast<Vector*>(values); }
  [[gnu::always_inline]] static inline Vector all(float value) { return Vector{} + value; }
  [[gnu::always_inline]] static inline Vector magnitude(Vector value) {
    return reinterpret_cast<Vector>(reinterpret_cast<Mask>(value) & 0x7fffffff);
  }
  [[gnu::always_inline]] static inline Vector with_sign_of(Vector value, Vector sign) {
    constexpr std::int32_t k_sign = -0x7fffffff - 1;
    return reinterpret_cast<Vector>((reinterpret_cast<Mask>(value) & 0x7fffffff) | (reinterpret_cast<Mask>(sign) & k_sign));
  }
  [[gnu::always_inline]] static inline Vector square_root(Vector value) {
    Vector root;
    for (std::size_t lane = 0; lane < k_lanes; ++lane) root[lane] = __builtin_sqrtf(value[lane]);
    return root;
  }
  /// A = Q T Q'. The reflection of step k stays in column k below the diagonal, its factor in m_factor[k].
  void reduce() {
    for (std::size_t k = 0; k + 2 < m_n; ++k) {
      make_reflection(k);
      multiply_by_reflection(k);
      subtract_outer_products(k);
    }
    for (std::size_t k = 0; k < m_n; ++k) m_d[k] = m_a[k * m_n + k];
    if (m_n > 1) m_e[m_n - 2] = m_a[(m_n - 1) * m_n + m_n - 2];
    m_e[m_n - 1] = Vector{};
  }

  void make_reflection(std::size_t k) {
    Vector below{};
    for (std::size_t i = k + 2; i < m_n; ++i) {
      const Vector value = m_a[i * m_n + k];
      m_sine[i] = value;  // v, side by side, until QL needs the room
      below += value * value;
    }
    const Vector head = m_a[(k + 1) * m_n + k];
    const Mask none = below == 0.0F;
    const Vector length = square_root(head * head + below);
    const Vector alpha = none ? head : with_sign_of(length, -head);
    const Vector first = head - alpha;
    const Vector squares = first * first + below;
    m_e[k] = alpha;
    m_a[(k + 1) * m_n + k] = first;
    m_sine[k + 1] = first;
    m_factor[k] = none ? Vector{} : 2.0F / (none ? all(1) : squares);
  }

  /// m_p = factor A v - half of its part along v, from the lower triangle alone: four rows at a time, so that v is loaded once.
  void multiply_by_reflection(std::size_t k) {
    const Vector* const v = m_sine;
    for (std::size_t i = k + 1; i < m_n; ++i) m_p[i] = Vector{};
    std::size_t i = k + 1;
    for (; i + 4 <= m_n; i += 4) multiply_four_rows(i, k + 1);
    for (; i < m_n; ++i) {
      const Vector* const row = m_a + i * m_n;
      Vector sum = row[i] * v[i];
      for (std::size_t j = k + 1; j < i; ++j) {
        sum += row[j] * v[j];
        m_p[j] += row[j] * v[i];
      }
      m_p[i] += sum;
    }
    Vector along{};
    for (std::size_t j = k + 1; j < m_n; ++j) {
      m_p[j] *= m_factor[k];
      along += v[j] * m_p[j];
    }
    const Vector half = m_factor[k] * along * 0.5F;
    for (std::size_t j = k + 1; j < m_n; ++j) m_p[j] -= half * v[j];
  }

  [[gnu::always_inline]] inline void multiply_four_rows(std::size_t i, std::size_t first) {
    const Vector* const v = m_sine;
    const Vector* const row = m_a + i * m_n;
    const Vector v0 = v[i], v1 = v[i + 1], v2 = v[i + 2], v3 = v[i + 3];
    Vector sum0{}, sum1{}, sum2{}, sum3{};
    for (std::size_t j = first; j < i; ++j) {
      const Vector a0 = row[j], a1 = row[m_n + j], a2 = row[2 * m_n + j], a3 = row[3 * m_n + j], vj = v[j];
      sum0 += a0 * vj;
      sum1 += a1 * vj;
      sum2 += a2 * vj;
      sum3 += a3 * vj;
      m_p[j] += a0 * v0 + a1 * v1 + (a2 * v2 + a3 * v3);
    }
    const Vector* const r1 = row + m_n + i;
    const Vector* const r2 = r1 + m_n;
    const Vector* const r3 = r2 + m_n;
    m_p[i] += sum0 + row[i] * v0 + r1[0] * v1 + r2[0] * v2 + r3[0] * v3;
    m_p[i + 1] += sum1 + r1[0] * v0 + r1[1] * v1 + r2[1] * v2 + r3[1] * v3;
    m_p[i + 2] += sum2 + r2[0] * v0 + r2[1] * v1 + r2[2] * v2 + r3[2] * v3;
    m_p[i + 3] += sum3 + r3[0] * v0 + r3[1] * v1 + r3[2] * v2 + r3[3] * v3;
  }

  /// A -= v p' + p v', lower triangle.
  void subtract_outer_products(std::size_t k) {
    const Vector* const v = m_sine;
    for (std::size_t i = k + 1; i < m_n; ++i) {
      Vector* const row = m_a + i * m_n;
      const Vector vi = v[i], pi = m_p[i];
      for (std::size_t j = k + 1; j <= i; ++j) row[j] -= vi * m_p[j] + pi * v[j];
    }
  }

  /// m_q = Q', from the last reflection to the first, so that each touches only what is no longer the identity.
  void accumulate() {
    for (std::size_t i = 0; i < m_n * m_n; ++i) m_q[i] = Vector{};
    for (std::size_t i = 0; i < m_n; ++i) m_q[i * m_n + i] = all(1);
    for (std::size_t step = m_n < 3 ? 0 : m_n - 2; step-- > 0;) {
      for (std::size_t i = step + 1; i < m_n; ++i) m_sine[i] = m_a[i * m_n + step];
      std::size_t row = step + 1;
      for (; row + 4 <= m_n; row += 4) reflect_rows<4>(row, step);
      for (; row < m_n; ++row) reflect_rows<1>(row, step);
    }
  }

  template <int count>
  [[gnu::always_inline]] inline void reflect_rows(std::size_t row, std::size_t step) {
    Vector* const q = m_q + row * m_n;
    Vector dot[count] = {};
    for (std::size_t i = step + 1; i < m_n; ++i) {
      const Vector v = m_sine[i];
      for (int r = 0; r < count; ++r) dot[r] += q[static_cast<std::size_t>(r) * m_n + i] * v;
    }
    for (int r = 0; r < count; ++r) dot[r] *= m_factor[step];
    for (std::size_t i = step + 1; i < m_n; ++i) {
      const Vector v = m_sine[i];
      for (int r = 0; r < count; ++r) q[static_cast<std::size_t>(r) * m_n + i] -= dot[r] * v;
    }
  }

  /// The first block of each lane that has not split into eigenvalues: rows first..last, where beside[last] is 0.
  struct Blocks {
    Mask first, last;
    Vector shift;  ///< What the sweep begins with.
    std::int32_t lowest, highest;
  };

  /// Sets negligible off-diagonals to 0 and finds each lane's block; false where no lane has one.
  bool find_blocks(Blocks& blocks) {
    Mask inside{};  // the off-diagonal above is not 0
    Vector d_first{}, d_second{}, e_first = all(1), d_last{};
    blocks.first = Mask{} + static_cast<std::int32_t>(m_n);
    blocks.last = Mask{};
    for (std::size_t i = m_n - 1; i-- > 0;) {
      const Vector limit = k_epsilon * (magnitude(m_d[i]) + magnitude(m_d[i + 1]));
      const Mask holds = magnitude(m_e[i]) > limit;
      const Vector e = holds ? m_e[i] : Vector{};
      m_e[i] = e;
      const auto index = static_cast<std::int32_t>(i);
      const Mask begins = holds & ~inside;
      blocks.last = begins ? Mask{} + (index + 1) : blocks.last;
      d_last = begins ? m_d[i + 1] : d_last;
      blocks.first = holds ? Mask{} + index : blocks.first;
      d_first = holds ? m_d[i] : d_first;
      d_second = holds ? m_d[i + 1] : d_second;
      e_first = holds ? e : e_first;
      inside = holds;
    }
    const Vector g = (d_second - d_first) / (2.0F * e_first);
    const Vector r = square_root(g * g + 1.0F);
    blocks.shift = d_last - d_first + e_first / (g + with_sign_of(r, g));
    blocks.lowest = static_cast<std::int32_t>(m_n);
    blocks.highest = 0;
    for (std::size_t lane = 0; lane < k_lanes; ++lane) {
      if (blocks.first[lane] < blocks.lowest) blocks.lowest = blocks.first[lane];
      if (blocks.last[lane] > blocks.highest) blocks.highest = blocks.last[lane];
    }
    return blocks.highest > 0;
  }

  /// One implicit QL sweep of every lane's block; leaves the rotations in m_cosine and m_sine.
  void sweep(const Blocks& blocks) {
    Vector sine = all(1), cosine = all(1), p{}, g = blocks.shift;
    for (std::int32_t at = blocks.highest - 1; at >= blocks.lowest; --at) {
      const auto i = static_cast<std::size_t>(at);
      const Mask active = (blocks.first <= at) & (blocks.last > at);
      const Mask at_end = blocks.last == at + 1;
      const Vector e = m_e[i];
      const Vector f = sine * e, b = cosine * e;
      const Vector r = square_root(f * f + g * g);
      m_e[i + 1] = active & ~at_end ? r : m_e[i + 1];
      const Mask none = r == 0.0F;  // the identity, and the sweep goes on
      const Vector inverse = 1.0F / (none ? all(1) : r);
      const Vector new_sine = none ? Vector{} : f * inverse;
      const Vector new_cosine = none ? all(1) : g * inverse;
      const Vector above = m_d[i + 1] - p;
      const Vector turned = (m_d[i] - above) * new_sine + 2.0F * new_cosine * b;
      const Vector new_p = new_sine * turned;
      m_d[i + 1] = active ? above + new_p : m_d[i + 1];
      g = active ? new_cosine * turned - b : g;
      p = active ? new_p : p;
      sine = active ? new_sine : sine;
      cosine = active ? new_cosine : cosine;
      m_sine[i] = active ? new_sine : Vector{};
      m_cosine[i] = active ? new_cosine : all(1);
      const Mask ends = blocks.first == at;
      m_d[i] = ends ? m_d[i] - p : m_d[i];
      m_e[i] = ends ? g : m_e[i];
    }
  }

  /// Turns the rows of m_q, `count` columns at a time, so that each row is loaded and stored once.
  template <int count>
  [[gnu::always_inline]] inline void rotate_columns(const Blocks& blocks, std::size_t column) {
    Vector* const q = m_q + column;
    Vector carried[count];
    const auto highest = static_cast<std::size_t>(blocks.highest);
    for (int k = 0; k < count; ++k) carried[k] = q[highest * m_n + static_cast<std::size_t>(k)];
    for (std::size_t i = highest; i-- > static_cast<std::size_t>(blocks.lowest);) {
      const Vector cosine = m_cosine[i], sine = m_sine[i];
      Vector* const upper = q + i * m_n;
#pragma GCC unroll 4
      for (int k = 0; k < count; ++k) {
        const Vector value = upper[k];
        upper[m_n + static_cast<std::size_t>(k)] = sine * value + cosine * carried[k];
        carried[k] = cosine * value - sine * carried[k];
      }
    }
    for (int k = 0; k < count; ++k) q[static_cast<std::size_t>(blocks.lowest) * m_n + static_cast<std::size_t>(k)] = carried[k];
  }

  std::uint32_t diagonalize() {
    Blocks blocks;
    for (std::size_t sweeps = 0; find_blocks(blocks); ++sweeps) {
      if (sweeps == k_sweeps * m_n) break;
      sweep(blocks);
      std::size_t column = 0;
      for (; column + 4 <= m_n; column += 4) rotate_columns<4>(blocks, column);
      for (; column < m_n; ++column) rotate_columns<1>(blocks, column);
    }
    std::uint32_t failed = 0;
    for (std::size_t lane = 0; lane < k_lanes; ++lane) {
      if (blocks.last[lane] > 0) failed |= std::uint32_t{1} << lane;
    }
    return failed;
  }

  std::size_t m_n;
  Vector *m_a, *m_q, *m_d, *m_e, *m_factor, *m_p, *m_cosine, *m_sine;
};

template <class Set>
constexpr LaneEigen lane_eigen() {
  return {&LaneEigenBody<Set>::solve, Set::k_bytes / sizeof(float)};
}

LaneEigen lane_eigen_baseline();
LaneEigen lane_eigen_avx2();
LaneEigen lane_eigen_avx512();

}  // namespace torchup::native
