#include "kernels/reference/symmetric_eigen.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace torchup::reference {

namespace {

constexpr int k_most_sweeps = 60;  // of QL for one eigenvalue; three are usual

template <class T>
class Reduction {
 public:
  Reduction(std::span<T> matrix, std::size_t n) : m_a(matrix.data()), m_n(n), m_factor(n), m_p(n), diagonal(n), off_diagonal(n) {}

  /// A = Q T Q'. The reflection of step k stays in column k below the diagonal.
  void reduce() {
    for (std::size_t k = 0; k + 2 < m_n; ++k) reflect(k);
    for (std::size_t k = 0; k < m_n; ++k) diagonal[k] = at(k, k);
    if (m_n > 1) off_diagonal[m_n - 2] = at(m_n - 1, m_n - 2);
  }

  /// Q transposed: row j of it turns into the j-th eigenvector, so that rotations run along rows.
  std::vector<T> transposed_q() const {
    std::vector<T> q(m_n * m_n);
    for (std::size_t k = 0; k < m_n; ++k) q[k * m_n + k] = 1;
    for (std::size_t step = m_n < 3 ? 0 : m_n - 2; step-- > 0;) {
      if (m_factor[step] == T{0}) continue;
      for (std::size_t row = step + 1; row < m_n; ++row) {
        T* const values = q.data() + row * m_n;
        T dot{};
        for (std::size_t i = step + 1; i < m_n; ++i) dot += values[i] * at(i, step);
        dot *= m_factor[step];
        for (std::size_t i = step + 1; i < m_n; ++i) values[i] -= dot * at(i, step);
      }
    }
    return q;
  }

 private:
  T& at(std::size_t row, std::size_t column) { return m_a[row * m_n + column]; }
  const T& at(std::size_t row, std::size_t column) const { return m_a[row * m_n + column]; }

  void reflect(std::size_t k) {
    T below{};
    for (std::size_t i = k + 2; i < m_n; ++i) below += at(i, k) * at(i, k);
    const T head = at(k + 1, k);
    if (below == T{0}) {
      off_diagonal[k] = head;
      return;
    }
    const T length = std::sqrt(head * head + below);
    const T alpha = head > T{0} ? -length : length;
    off_diagonal[k] = alpha;
    at(k + 1, k) = head - alpha;
    const T factor = T{2} / (at(k + 1, k) * at(k + 1, k) + below);
    m_factor[k] = factor;

    // p = factor A v; w = p - (factor/2)(v'p) v; A -= v w' + w v'.
    T v_dot_p{};
    for (std::size_t i = k + 1; i < m_n; ++i) m_p[i] = at(i, k);
    m_v.assign(m_p.begin(), m_p.end());
    for (std::size_t i = k + 1; i < m_n; ++i) {
      T sum{};
      const T* const row = m_a + i * m_n;
      for (std::size_t j = k + 1; j < m_n; ++j) sum += row[j] * m_v[j];
      m_p[i] = factor * sum;
      v_dot_p += m_v[i] * m_p[i];
    }
    const T half = factor * v_dot_p / T{2};
    for (std::size_t i = k + 1; i < m_n; ++i) m_p[i] -= half * m_v[i];
    for (std::size_t i = k + 1; i < m_n; ++i) {
      T* const row = m_a + i * m_n;
      const T v = m_v[i], w = m_p[i];
      for (std::size_t j = k + 1; j < m_n; ++j) row[j] -= v * m_p[j] + w * m_v[j];
    }
  }

  T* m_a;
  std::size_t m_n;
  std::vector<T> m_factor, m_p, m_v;

 public:
  std::vector<T> diagonal, off_diagonal;
};

template <class T>
void rotate_rows(T* upper, T* lower, std::size_t n, T cosine, T sine) {
  for (std::size_t k = 0; k < n; ++k) {
    const T f = lower[k];
    lower[k] = sine * upper[k] + cosine * f;
    upper[k] = cosine * upper[k] - sine * f;
  }
}

/// One implicit QL sweep over the unreduced block first..last. `q` may be empty.
template <class T>
void sweep(std::vector<T>& d, std::vector<T>& e, std::size_t first, std::size_t last, std::vector<T>& q) {
  const std::size_t n = d.size();
  T g = (d[first + 1] - d[first]) / (T{2} * e[first]);
  T r = std::hypot(g, T{1});
  g = d[last] - d[first] + e[first] / (g + std::copysign(r, g));
  T sine = 1, cosine = 1, p = 0;
  for (std::size_t i = last; i-- > first;) {
    const T f = sine * e[i];
    const T b = cosine * e[i];
    r = std::sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r == T{0}) {  // the block has split by itself
      d[i + 1] -= p;
      e[last] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1] - p;
    r = (d[i] - g) * sine + T{2} * cosine * b;
    p = sine * r;
    d[i + 1] = g + p;
    g = cosine * r - b;
    if (!q.empty()) rotate_rows(q.data() + i * n, q.data() + (i + 1) * n, n, cosine, sine);
  }
  d[first] -= p;
  e[first] = g;
  e[last] = 0;
}

template <class T>
bool diagonalize(std::vector<T>& d, std::vector<T>& e, std::vector<T>& q) {
  const std::size_t n = d.size();
  for (std::size_t first = 0; first < n; ++first) {
    for (int sweeps = 0;; ++sweeps) {
      std::size_t last = first;
      while (last + 1 < n && std::abs(e[last]) > std::numeric_limits<T>::epsilon() * (std::abs(d[last]) + std::abs(d[last + 1]))) ++last;
      if (last == first) break;
      if (sweeps == k_most_sweeps) return false;
      sweep(d, e, first, last, q);
    }
    if (!std::isfinite(d[first])) return false;
  }
  return true;
}

template <class T>
bool solve(std::span<T> matrix, std::int64_t size, std::span<T> values, std::span<T> vectors, Vectors wanted) {
  const auto n = static_cast<std::size_t>(size);
  Reduction<T> reduction(matrix, n);
  reduction.reduce();
  std::vector<T> q;
  if (wanted == Vectors::yes) q = reduction.transposed_q();
  if (!diagonalize(reduction.diagonal, reduction.off_diagonal, q)) return false;

  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return reduction.diagonal[i] < reduction.diagonal[j]; });
  for (std::size_t j = 0; j < n; ++j) values[j] = reduction.diagonal[order[j]];
  if (wanted == Vectors::no) return true;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) vectors[i * n + j] = q[order[j] * n + i];
  }
  return true;
}

}  // namespace

bool symmetric_eigen(std::span<float> matrix, std::int64_t n, std::span<float> values, std::span<float> vectors, Vectors wanted) {
  return solve(matrix, n, values, vectors, wanted);
}

bool symmetric_eigen(std::span<double> matrix, std::int64_t n, std::span<double> values, std::span<double> vectors, Vectors wanted) {
  return solve(matrix, n, values, vectors, wanted);
}

}  // namespace torchup::reference
