#pragma once
// Eigenvalues and eigenvectors of one symmetric matrix: Householder reduction to tridiagonal form and implicit QL, with vectors
// along the rows. QL's rotations are kept for some sweeps and then applied to one strip of columns after the other, so that a strip
// passes through the caches once. The body, compiled once for each instruction set by single_eigen_SET.cpp.

#include "kernels/native/lanes.hpp"

#include <cstddef>

namespace torchup::native {

struct SingleEigenSpace {
  float* matrix = nullptr;      ///< n rows of `step` elements, both triangles, zeros beyond column n; overwritten.
  float* vectors = nullptr;     ///< The same sizes: row j becomes the j-th eigenvector.
  float* diagonal = nullptr;    ///< n: the eigenvalues, not sorted.
  float* beside = nullptr;      ///< n
  float* reflection = nullptr;  ///< `step`, zeros
  float* product = nullptr;     ///< `step`, zeros
  float* factor = nullptr;      ///< n
  float* rotations = nullptr;   ///< 2 n k_kept_sweeps
};

constexpr std::size_t k_kept_sweeps = 24;

struct SingleEigen {
  /// False where QL does not converge. `step` is a multiple of `strip`.
  bool (*solve)(std::size_t n, std::size_t step, const SingleEigenSpace& space);
  std::size_t strip;
};

template <class Set>
class SingleEigenBody {
  using Lane = Lanes<Set, float>;
  using Vector = typename Lane::Vector;
  static constexpr std::size_t k_lanes = Lane::k_count;
  static constexpr std::size_t k_most_sweeps = 30;  // for each eigenvalue; fewer than two are usual
  static constexpr float k_epsilon = 0x1p-23F;

 public:
  static constexpr std::size_t k_strip = 4 * k_lanes;

  static bool solve(std::size_t n, std::size_t step, const SingleEigenSpace& space) {
    SingleEigenBody body(n, step, space);
    body.reduce();
    body.accumulate();
    return body.diagonalize();
  }

 private:
  struct Sweep {
    std::size_t first, last;
  };

  SingleEigenBody(std::size_t n, std::size_t step, const SingleEigenSpace& space) : m_n(n), m_step(step), m_space(space) {}

  [[gnu::always_inline]] inline float* row(std::size_t i) { return m_space.matrix + i * m_step; }
  [[gnu::always_inline]] inline float* vector_row(std::size_t i) { return m_space.vectors + i * m_step; }
  [[gnu::always_inline]] static inline std::size_t lane_begin(std::size_t i) { return i / k_lanes * k_lanes; }

  [[gnu::always_inline]] static inline float total(const Vector& vector) {
    float sum = 0;
    for (std::size_t lane = 0; lane < k_lanes; ++lane) sum += vector[lane];
    return sum;
  }

  /// A = Q T Q'. The reflection of step k stays in row k right of the diagonal. What a vector touches left of that is multiplied by
  /// zeros of the reflection.
  void reduce() {
    for (std::size_t k = 0; k + 2 < m_n; ++k) {
      make_reflection(k);
      if (m_space.factor[k] != 0.0F) reflect_rest(k);
    }
    for (std::size_t k = 0; k < m_n; ++k) m_space.diagonal[k] = row(k)[k];
    if (m_n > 1) m_space.beside[m_n - 2] = row(m_n - 2)[m_n - 1];
    m_space.beside[m_n - 1] = 0;
  }

  void make_reflection(std::size_t k) {
    float* const x = row(k);
    float below = 0;
    for (std::size_t i = k + 2; i < m_n; ++i) below += x[i] * x[i];
    const float head = x[k + 1];
    m_space.beside[k] = head;
    m_space.factor[k] = 0;
    if (below == 0.0F) return;
    const float length = __builtin_sqrtf(head * head + below);
    m_space.beside[k] = head > 0 ? -length : length;
    x[k + 1] = head - m_space.beside[k];
    m_space.factor[k] = 2 / (x[k + 1] * x[k + 1] + below);
  }

  void take_reflection(std::size_t k) {
    float* const v = m_space.reflection;
    for (std::size_t i = lane_begin(k + 1); i <= k; ++i) v[i] = 0;
    for (std::size_t i = k + 1; i < m_n; ++i) v[i] = row(k)[i];
  }

  /// p = factor A v - half of its part along v; A -= v p' + p v'.
  void reflect_rest(std::size_t k) {
    take_reflection(k);
    const float *const v = m_space.reflection, factor = m_space.factor[k];
    float* const p = m_space.product;
    for (std::size_t i = lane_begin(k + 1); i <= k; ++i) p[i] = 0;
    std::size_t i = k + 1;
    for (; i + 4 <= m_n; i += 4) dot_rows<4>(row(i), v, k, p + i);
    for (; i < m_n; ++i) dot_rows<1>(row(i), v, k, p + i);
    float along = 0;
    for (std::size_t j = k + 1; j < m_n; ++j) {
      p[j] *= factor;
      along += v[j] * p[j];
    }
    for (std::size_t j = k + 1; j < m_n; ++j) p[j] -= factor * along * 0.5F * v[j];
    for (std::size_t r = k + 1; r < m_n; ++r) {
      float* const to = row(r);
      for (std::size_t j = lane_begin(k + 1); j < m_n; j += k_lanes) {
        Vector value, vj, pj;
        Lane::load(value, to + j);
        Lane::load(vj, v + j);
        Lane::load(pj, p + j);
        Lane::store(to + j, value - (v[r] * pj + p[r] * vj));
      }
    }
  }

  /// sums[r] = row r . v, right of column k.
  template <int count>
  [[gnu::always_inline]] inline void dot_rows(const float* from, const float* v, std::size_t k, float* sums) {
    Vector parts[count] = {};
    for (std::size_t j = lane_begin(k + 1); j < m_n; j += k_lanes) {
      Vector vj;
      Lane::load(vj, v + j);
      for (int r = 0; r < count; ++r) {
        Vector value;
        Lane::load(value, from + static_cast<std::size_t>(r) * m_step + j);
        parts[r] += value * vj;
      }
    }
    for (int r = 0; r < count; ++r) sums[r] = total(parts[r]);
  }

  /// The rows of Q', from the last reflection to the first, so that each touches only what is no longer the identity.
  void accumulate() {
    for (std::size_t i = 0; i < m_n * m_step; ++i) m_space.vectors[i] = 0;
    for (std::size_t i = 0; i < m_n; ++i) vector_row(i)[i] = 1;
    for (std::size_t k = m_n < 3 ? 0 : m_n - 2; k-- > 0;) {
      if (m_space.factor[k] == 0.0F) continue;
      take_reflection(k);
      std::size_t r = k + 1;
      for (; r + 4 <= m_n; r += 4) reflect_rows<4>(r, k);
      for (; r < m_n; ++r) reflect_rows<1>(r, k);
    }
  }

  template <int count>
  [[gnu::always_inline]] inline void reflect_rows(std::size_t first, std::size_t k) {
    float sums[count];
    dot_rows<count>(vector_row(first), m_space.reflection, k, sums);
    for (int r = 0; r < count; ++r) sums[r] *= m_space.factor[k];
    for (std::size_t j = lane_begin(k + 1); j < m_n; j += k_lanes) {
      Vector vj;
      Lane::load(vj, m_space.reflection + j);
      for (int r = 0; r < count; ++r) {
        float* const to = vector_row(first + static_cast<std::size_t>(r)) + j;
        Vector value;
        Lane::load(value, to);
        Lane::store(to, value - sums[r] * vj);
      }
    }
  }

  bool diagonalize() {
    const float *const d = m_space.diagonal, *const e = m_space.beside;
    Sweep kept[k_kept_sweeps];
    std::size_t count = 0;
    for (std::size_t first = 0; first < m_n; ++first) {
      for (std::size_t sweeps = 0;; ++sweeps) {
        std::size_t last = first;
        while (last + 1 < m_n && __builtin_fabsf(e[last]) > k_epsilon * (__builtin_fabsf(d[last]) + __builtin_fabsf(d[last + 1]))) ++last;
        if (last == first) break;
        if (sweeps == k_most_sweeps || e[last] != e[last]) return false;
        sweep(first, last, m_space.rotations + count * 2 * m_n);
        kept[count++] = {first, last};
        if (count == k_kept_sweeps) {
          rotate(kept, count);
          count = 0;
        }
      }
    }
    rotate(kept, count);
    return true;
  }

  /// One implicit QL sweep with Wilkinson's shift; rotation i turns rows i and i + 1.
  void sweep(std::size_t first, std::size_t last, float* rotations) {
    float *const d = m_space.diagonal, *const e = m_space.beside;
    float g = (d[first + 1] - d[first]) / (2 * e[first]);
    const float root = __builtin_sqrtf(g * g + 1);
    g = d[last] - d[first] + e[first] / (g + (g < 0 ? -root : root));
    float sine = 1, cosine = 1, p = 0;
    for (std::size_t i = last; i-- > first;) {
      const float f = sine * e[i], b = cosine * e[i];
      const float r = __builtin_sqrtf(f * f + g * g);
      e[i + 1] = r;
      sine = r == 0.0F ? 0 : f / r;
      cosine = r == 0.0F ? 1 : g / r;
      const float above = d[i + 1] - p;
      const float turned = (d[i] - above) * sine + 2 * cosine * b;
      p = sine * turned;
      d[i + 1] = above + p;
      g = cosine * turned - b;
      rotations[2 * i] = cosine;
      rotations[2 * i + 1] = sine;
    }
    d[first] -= p;
    e[first] = g;
    e[last] = 0;
  }

  void rotate(const Sweep* kept, std::size_t count) {
    for (std::size_t column = 0; column < m_n; column += k_strip) {
      for (std::size_t index = 0; index < count; ++index) rotate_strip(kept[index], m_space.rotations + index * 2 * m_n, column);
    }
  }

  void rotate_strip(const Sweep& sweep, const float* rotations, std::size_t column) {
    Vector carried[4];
#pragma GCC unroll 4
    for (std::size_t part = 0; part < 4; ++part) Lane::load(carried[part], vector_row(sweep.last) + column + part * k_lanes);
    for (std::size_t i = sweep.last; i-- > sweep.first;) {
      const float cosine = rotations[2 * i], sine = rotations[2 * i + 1];
      float* const upper = vector_row(i) + column;
#pragma GCC unroll 4
      for (std::size_t part = 0; part < 4; ++part) {
        Vector value;
        Lane::load(value, upper + part * k_lanes);
        Lane::store(upper + m_step + part * k_lanes, sine * value + cosine * carried[part]);
        carried[part] = cosine * value - sine * carried[part];
      }
    }
#pragma GCC unroll 4
    for (std::size_t part = 0; part < 4; ++part) Lane::store(vector_row(sweep.first) + column + part * k_lanes, carried[part]);
  }

  std::size_t m_n, m_step;
  SingleEigenSpace m_space;
};

template <class Set>
constexpr SingleEigen single_eigen() {
  return {&SingleEigenBody<Set>::solve, SingleEigenBody<Set>::k_strip};
}

SingleEigen single_eigen_baseline();
SingleEigen single_eigen_avx2();
SingleEigen single_eigen_avx512();

}  // namespace torchup::native
