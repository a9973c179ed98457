#include "kernels/native/attention/attention.hpp"

#include "kernels/native/aligned_buffer.hpp"
#include "kernels/native/attention/attend_step.hpp"
#include "kernels/native/matmul/pack.hpp"
#include "kernels/native/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace torchup::native {

namespace {

// A block's scores (keys x lanes) fit the first cache; its packed keys and values the second, where the panels share them.
constexpr std::int64_t k_key_block = 168;  // a multiple of every tile's rows
constexpr std::int64_t k_panels_at_once = 8;

Attend attend_for(InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return attend_avx512();
  if (set == InstructionSet::avx2) return attend_avx2();
#endif
  static_cast<void>(set);
  return attend_baseline();
}

std::int64_t round_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

std::size_t elements(std::int64_t rows, std::int64_t columns) { return static_cast<std::size_t>(rows * columns); }

/// The keys and values of one head, packed once for all of its queries.
class PackedHead {
 public:
  PackedHead(const AttentionSizes& sizes, const Attend& attend)
      : m_sizes(sizes),
        m_rows(attend.rows),
        m_tall(round_up(sizes.depth, attend.rows)),
        m_keys(elements(round_up(sizes.keys, attend.rows), sizes.depth)),
        m_values(elements(sizes.keys, m_tall)) {}

  void load(const float* key, const float* value) {
    const std::int64_t depth = m_sizes.depth;
    pack(key, {depth, 1, m_sizes.keys, depth}, m_rows, m_keys.get());
    for (std::int64_t first = 0; first < m_sizes.keys; first += k_key_block) {
      const std::int64_t count = std::min(k_key_block, m_sizes.keys - first);
      pack(value + first * depth, {1, depth, depth, count}, m_rows, m_values.get() + first * m_tall);
    }
  }

  const float* keys_from(std::int64_t first) const { return m_keys.get() + first * m_sizes.depth; }
  const float* values_from(std::int64_t first) const { return m_values.get() + first * m_tall; }
  std::int64_t tall() const { return m_tall; }  ///< The depth, rounded up to the tile's rows.

 private:
  AttentionSizes m_sizes;
  int m_rows;
  std::int64_t m_tall;
  AlignedBuffer<float> m_keys, m_values;
};

/// Some panels of queries of one head on their way past all keys.
class QueryPanels {
 public:
  QueryPanels(const AttentionSizes& sizes, const AttentionOptions& options, const Attend& attend)
      : m_sizes(sizes),
        m_options(options),
        m_attend(attend),
        m_tall(round_up(sizes.depth, attend.rows)),
        m_queries(elements(k_panels_at_once * attend.lanes, sizes.depth)),
        m_gathered(elements(k_panels_at_once * attend.lanes, m_tall)),
        m_state(elements(k_panels_at_once * attend.lanes, 2)),
        m_scores(elements(k_key_block + attend.rows, attend.lanes)),
        m_bias(options.mask.empty() ? 1 : elements(k_key_block, attend.lanes)) {}

  /// As many queries as there is room for, or as are left; the number taken.
  std::int64_t attend(const float* query, std::int64_t first, const PackedHead& head, float* out) {
    const std::int64_t count = std::min(k_panels_at_once * m_attend.lanes, m_sizes.queries - first);
    load(query + first * m_sizes.depth, count);
    for (std::int64_t key = 0; key < m_sizes.keys; key += k_key_block) {
      for (std::int64_t panel = 0; panel * m_attend.lanes < count; ++panel) step(panel, first + panel * m_attend.lanes, key, head);
    }
    store(out + first * m_sizes.depth, count);
    return count;
  }

 private:
  void load(const float* query, std::int64_t count) {
    const auto scale = static_cast<float>(std::numbers::log2e / std::sqrt(static_cast<double>(m_sizes.depth)));
    pack(query, {m_sizes.depth, 1, count, m_sizes.depth}, m_attend.lanes, m_queries.get());
    const std::size_t panels = elements(round_up(count, m_attend.lanes), 1);
    std::transform(m_queries.get(), m_queries.get() + panels * elements(m_sizes.depth, 1), m_queries.get(),
                   [&](float x) { return x * scale; });
    std::fill_n(m_gathered.get(), panels * elements(m_tall, 1), 0.0F);
    std::fill_n(m_state.get(), panels, -std::numeric_limits<float>::infinity());
    std::fill_n(m_state.get() + elements(k_panels_at_once, m_attend.lanes), panels, 0.0F);
  }

  PanelState state(std::int64_t panel) const {
    float* const largest = m_state.get() + panel * m_attend.lanes;
    return {m_gathered.get() + panel * m_attend.lanes * m_tall, largest, largest + k_panels_at_once * m_attend.lanes};
  }

  void step(std::int64_t panel, std::int64_t first_query, std::int64_t first_key, const PackedHead& head) {
    AttendStep step;
    step.key_count = std::min(k_key_block, m_sizes.keys - first_key);
    step.first_hidden = m_options.causality == Causality::causal ? first_query - first_key + 1 : step.key_count;
    if (step.first_hidden + m_attend.lanes <= 1) return;  // the last lane sees none of them
    step.queries = m_queries.get() + panel * m_attend.lanes * m_sizes.depth;
    step.keys = head.keys_from(first_key);
    step.values = head.values_from(first_key);
    step.scores = m_scores.get();
    step.depth = m_sizes.depth;
    if (!m_options.mask.empty()) step.bias = bias(first_query, first_key, step.key_count);
    step.state = state(panel);
    m_attend.run(step);
  }

  /// The mask of a panel, transposed as the scores are; lanes beyond the last query see everything.
  const float* bias(std::int64_t first_query, std::int64_t first_key, std::int64_t key_count) {
    for (std::int64_t lane = 0; lane < m_attend.lanes; ++lane) {
      const bool filled = first_query + lane < m_sizes.queries;
      const float* const row = m_options.mask.data() + (filled ? (first_query + lane) * m_sizes.keys + first_key : 0);
      for (std::int64_t key = 0; key < key_count; ++key) {
        m_bias.get()[key * m_attend.lanes + lane] = filled ? row[key] * std::numbers::log2e_v<float> : 0;
      }
    }
    return m_bias.get();
  }

  void store(float* out, std::int64_t count) const {
    for (std::int64_t query = 0; query < count; ++query) {
      const PanelState from = state(query / m_attend.lanes);
      const std::int64_t lane = query % m_attend.lanes;
      const float inverse = from.sum[lane] == 0 ? 0 : 1 / from.sum[lane];
      for (std::int64_t i = 0; i < m_sizes.depth; ++i) out[query * m_sizes.depth + i] = from.gathered[i * m_attend.lanes + lane] * inverse;
    }
  }

  AttentionSizes m_sizes;
  AttentionOptions m_options;
  Attend m_attend;
  std::int64_t m_tall;
  AlignedBuffer<float> m_queries, m_gathered, m_state, m_scores, m_bias;
};

}  // namespace

void attention(const AttentionSizes& sizes, const AttentionOptions& options, std::span<const float> query, std::span<const float> key,
               std::span<const float> value, std::span<float> out, const Execution& execution) {
  const Attend attend = attend_for(execution.instructions);
  const std::int64_t heads_a_key_head = sizes.query_heads / sizes.key_heads;
  for_each_part(sizes.batch * sizes.key_heads, 1, execution.threads, [&](std::int64_t first, std::int64_t count) {
    PackedHead head(sizes, attend);
    QueryPanels panels(sizes, options, attend);
    for (std::int64_t key_head = first; key_head < first + count; ++key_head) {
      head.load(key.data() + key_head * sizes.keys * sizes.depth, value.data() + key_head * sizes.keys * sizes.depth);
      for (std::int64_t sharing = 0; sharing < heads_a_key_head; ++sharing) {
        // Heads of one batch lie side by side, and so do those that share: the flat number of the first is this.
        const std::int64_t at = (key_head * heads_a_key_head + sharing) * sizes.queries * sizes.depth;
        for (std::int64_t done = 0; done < sizes.queries;) done += panels.attend(query.data() + at, done, head, out.data() + at);
      }
    }
  });
}

}  // namespace torchup::native
