#include "kernels/native/eigh/batched_eigen.hpp"

#include "kernels/native/aligned_buffer.hpp"
#include "kernels/native/eigh/lane_eigen.hpp"
#include "kernels/native/eigh/scale.hpp"
#include "kernels/native/eigh/single_eigen.hpp"
#include "kernels/native/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace torchup::native {

namespace {

LaneEigen lanes_for(InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return lane_eigen_avx512();
  if (set == InstructionSet::avx2) return lane_eigen_avx2();
#endif
  static_cast<void>(set);
  return lane_eigen_baseline();
}

SingleEigen single_for(InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return single_eigen_avx512();
  if (set == InstructionSet::avx2) return single_eigen_avx2();
#endif
  static_cast<void>(set);
  return single_eigen_baseline();
}

/// Beyond this size a group of lanes leaves the second cache, and one matrix alone is faster.
constexpr std::size_t k_most_in_lanes = 64;

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
  /// Zeros for lanes that have no matrix, or none that can be solved.
  void load(const float* matrix, std::size_t lane) {
    m_scale[lane] = matrix == nullptr ? 1 : power_of_two_scale(matrix, m_n);
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

/// One matrix after the other.
class Alone {
 public:
  Alone(std::size_t n, const SingleEigen& solver)
      : m_n(n),
        m_step((n + solver.strip - 1) / solver.strip * solver.strip),
        m_solver(solver),
        m_memory(2 * n * m_step + 2 * m_step + 3 * n + 2 * n * k_kept_sweeps),
        m_order(n) {
    float* at = m_memory.get();
    const auto take = [&](std::size_t elements) { return std::exchange(at, at + elements); };
    m_space.matrix = take(n * m_step);
    m_space.vectors = take(n * m_step);
    m_space.reflection = take(m_step);
    m_space.product = take(m_step);
    m_space.diagonal = take(n);
    m_space.beside = take(n);
    m_space.factor = take(n);
    m_space.rotations = take(2 * n * k_kept_sweeps);
  }

  void solve(const Batch& batch, std::size_t index) {
    const float* const matrix = batch.matrices + index * m_n * m_n;
    float* const values = batch.values + index * m_n;
    float* const vectors = batch.vectors + index * m_n * m_n;
    const float scale = power_of_two_scale(matrix, m_n);
    if (std::isnan(scale) || !solve_scaled(matrix, 1 / scale)) {
      std::fill(values, values + m_n, std::numeric_limits<float>::quiet_NaN());
      std::fill(vectors, vectors + m_n * m_n, std::numeric_limits<float>::quiet_NaN());
      return;
    }
    std::iota(m_order.begin(), m_order.end(), std::size_t{0});
    std::sort(m_order.begin(), m_order.end(), [&](std::size_t a, std::size_t b) { return m_space.diagonal[a] < m_space.diagonal[b]; });
    for (std::size_t j = 0; j < m_n; ++j) {
      values[j] = m_space.diagonal[m_order[j]] * scale;
      for (std::size_t i = 0; i < m_n; ++i) vectors[i * m_n + j] = m_space.vectors[m_order[j] * m_step + i];
    }
  }

 private:
  bool solve_scaled(const float* matrix, float inverse) {
    std::fill(m_space.matrix, m_space.matrix + m_n * m_step, 0.0F);
    std::fill(m_space.reflection, m_space.product + m_step, 0.0F);
    for (std::size_t i = 0; i < m_n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        m_space.matrix[i * m_step + j] = m_space.matrix[j * m_step + i] = matrix[i * m_n + j] * inverse;
      }
    }
    return m_solver.solve(m_n, m_step, m_space);
  }

  std::size_t m_n, m_step;
  SingleEigen m_solver;
  AlignedBuffer<float> m_memory;
  SingleEigenSpace m_space;
  std::vector<std::size_t> m_order;
};

void solve_in_lanes(const Batch& all, std::size_t batch, const LaneEigen& solver, const Execution& execution) {
  const std::size_t groups = (batch + solver.lanes - 1) / solver.lanes;
  for_each_part(static_cast<std::int64_t>(groups), 1, execution.threads, [&](std::int64_t first, std::int64_t count) {
    Group group(all.n, solver);
    for (auto index = static_cast<std::size_t>(first); index < static_cast<std::size_t>(first + count); ++index) {
      const std::size_t begin = index * solver.lanes;
      group.solve(all, begin, std::min(solver.lanes, batch - begin));
    }
  });
}

}  // namespace

void batched_eigen(std::size_t batch, std::size_t n, std::span<const float> matrices, std::span<float> values, std::span<float> vectors,
                   const Execution& execution) {
  if (n == 0 || batch == 0) return;
  const Batch all{n, matrices.data(), values.data(), vectors.data()};
  // A group takes as long however many of its lanes hold a matrix: some four times as long as one alone.
  const LaneEigen lanes = lanes_for(execution.instructions);
  if (2 * batch >= lanes.lanes && n <= k_most_in_lanes) return solve_in_lanes(all, batch, lanes, execution);
  const SingleEigen solver = single_for(execution.instructions);
  for_each_part(static_cast<std::int64_t>(batch), 1, execution.threads, [&](std::int64_t first, std::int64_t count) {
    Alone alone(n, solver);
    for (auto index = first; index < first + count; ++index) alone.solve(all, static_cast<std::size_t>(index));
  });
}

}  // namespace torchup::native
