#include "kernels/native/eigh/batched_eigen.hpp"

#include "kernels/native/aligned_buffer.hpp"
#include "kernels/native/eigh/lane_eigen.hpp"
#include "kernels/native/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace torchup::native {

namespace {

LaneEigen solver_for(InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return lane_eigen_avx512();
  if (set == InstructionSet::avx2) return lane_eigen_avx2();
#endif
  static_cast<void>(set);
  return lane_eigen_baseline();
}

struct Batch {
  std::size_t n;
  const float* matrices;
  float* values;
  float* vectors;
};

/// The matrices of one group on their way through the lanes.
class Group {
 public:
  Group(std::size_t n, const LaneEigen& solver)
      : m_n(n), m_solver(solver), m_memory((2 * n * n + 6 * n) * solver.lanes), m_space(), m_scale(solver.lanes), m_order(n) {
    float* at = m_memory.get();
    const auto take = [&](std::size_t vectors) { return std::exchange(at, at + vectors * solver.lanes); };
    m_space.matrix = take(n * n);
    m_space.vectors = take(n * n);
    m_space.diagonal = take(n);
    m_space.beside = take(n);
    m_space.factor = take(n);
    m_space.product = take(n);
    m_space.cosine = take(n);
    m_space.sine = take(n);
  }

  /// Solves the `count` matrices, at most as many as there are lanes, that begin with `first`.
  void solve(const Batch& batch, std::size_t first, std::size_t count) {
    for (std::size_t lane = 0; lane < m_solver.lanes; ++lane) {
      load(lane < count ? batch.matrices + (first + lane) * m_n * m_n : nullptr, lane);
    }
    const std::uint32_t failed = m_solver.solve(m_n, m_space);
    for (std::size_t lane = 0; lane < count; ++lane) {
      float* const values = batch.values + (first + lane) * m_n;
      float* const vectors = batch.vectors + (first + lane) * m_n * m_n;
      if (((failed >> lane) & 1U) != 0 || std::isnan(m_scale[lane])) {
        std::fill(values, values + m_n, std::numeric_limits<float>::quiet_NaN());
        std::fill(vectors, vectors + m_n * m_n, std::numeric_limits<float>::quiet_NaN());
      } else {
        store(values, vectors, lane);
      }
    }
  }

 private:
  /// The power of two that brings the largest element near 1, so that squares neither overflow nor vanish: exact to divide by.
  static float scale_of(const float* matrix, std::size_t n) {
    float largest = 0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        const float value = std::abs(matrix[i * n + j]);
        if (!(value <= largest)) largest = value;
        if (!(value <= std::numeric_limits<float>::max())) return std::numeric_limits<float>::quiet_NaN();
      }
    }
    return largest == 0 ? 1 : std::ldexp(1.0F, std::clamp(std::ilogb(largest), -126, 126));
  }

  /// Zeros for lanes that have no matrix, or none that can be solved.
  void load(const float* matrix, std::size_t lane) {
    m_scale[lane] = matrix == nullptr ? 1 : scale_of(matrix, m_n);
    const float inverse = matrix == nullptr || std::isnan(m_scale[lane]) ? 0 : 1 / m_scale[lane];
    for (std::size_t i = 0; i < m_n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        m_space.matrix[(i * m_n + j) * m_solver.lanes + lane] = inverse == 0 ? 0 : matrix[i * m_n + j] * inverse;
      }
    }
  }

  void store(float* values, float* vectors, std::size_t lane) {
    const auto value = [&](std::size_t j) { return m_space.diagonal[j * m_solver.lanes + lane]; };
    std::iota(m_order.begin(), m_order.end(), std::size_t{0});
    std::sort(m_order.begin(), m_order.end(), [&](std::size_t a, std::size_t b) { return value(a) < value(b); });
    for (std::size_t j = 0; j < m_n; ++j) {
      values[j] = value(m_order[j]) * m_scale[lane];
      const float* const row = m_space.vectors + m_order[j] * m_n * m_solver.lanes + lane;
      for (std::size_t i = 0; i < m_n; ++i) vectors[i * m_n + j] = row[i * m_solver.lanes];
    }
  }

  std::size_t m_n;
  LaneEigen m_solver;
  AlignedBuffer<float> m_memory;
  LaneEigenSpace m_space;
  std::vector<float> m_scale;
  std::vector<std::size_t> m_order;
};

}  // namespace

void batched_eigen(std::size_t batch, std::size_t n, std::span<const float> matrices, std::span<float> values, std::span<float> vectors,
                   const Execution& execution) {
  if (n == 0) return;
  const LaneEigen solver = solver_for(execution.instructions);
  const Batch all{n, matrices.data(), values.data(), vectors.data()};
  const std::size_t groups = (batch + solver.lanes - 1) / solver.lanes;
  for_each_part(static_cast<std::int64_t>(groups), 1, execution.threads, [&](std::int64_t first, std::int64_t count) {
    Group group(n, solver);
    for (auto index = static_cast<std::size_t>(first); index < static_cast<std::size_t>(first + count); ++index) {
      const std::size_t begin = index * solver.lanes;
      group.solve(all, begin, std::min(solver.lanes, batch - begin));
    }
  });
}

}  // namespace torchup::native
