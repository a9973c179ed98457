#include "kernels/reference/judge_attention.hpp"

#include "kernels/reference/attention.hpp"
#include "kernels/reference/worst.hpp"

#include <fmt/format.h>

#include <cmath>

namespace torchup::reference {

namespace {

using native::AttentionOptions;
using native::AttentionSizes;

template <class T>
std::vector<T> widened(const Tensor& tensor) {
  std::vector<T> values(element_count(tensor.sizes));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(tensor.at(i));
  return values;
}

template <class Left, class Right>
double largest_difference(const std::vector<Left>& left, const std::vector<Right>& right) {
  Worst worst;
  for (std::size_t i = 0; i < left.size(); ++i) {
    worst.take(static_cast<double>(std::abs(static_cast<long double>(left[i]) - static_cast<long double>(right[i]))));
  }
  return worst.value();
}

/// The definition in a type wider than the values'.
template <class Wide>
class Judge {
 public:
  Judge(const AttentionSizes& sizes, const AttentionOptions& options, const std::vector<Tensor>& inputs, const Tensor& output)
      : m_sizes(sizes),
        m_options(options),
        m_inputs(inputs),
        m_element(output.element),
        m_query(widened<Wide>(inputs[0])),
        m_key(widened<Wide>(inputs[1])),
        m_value(widened<Wide>(inputs[2])),
        m_output(widened<Wide>(output)) {}

  ErrorMeasurement verdict() const {
    const std::vector<Wide> expected = truth(m_options);
    const double error = largest_difference(m_output, expected);
    const double least = m_element == ElementType::float64 ? 6e-14 : 3e-5;
    const double limit = 2 * plain_error(expected) + least;
    const std::string measure = fmt::format("max |O - O64|, limit twice plain {} + {:.0e}", element_name(m_element), least);
    return {measure, error, limit, error < limit ? "" : diagnosis(expected, error, limit)};
  }

 private:
  std::vector<Wide> truth(const AttentionOptions& options, double scale_factor = 1) const {
    std::vector<Wide> out(m_output.size());
    attention_plain(m_sizes, options, std::span<const Wide>(m_query), std::span<const Wide>(m_key), std::span<const Wide>(m_value),
                    std::span<Wide>(out), scale_factor);
    return out;
  }

  double plain_error(const std::vector<Wide>& expected) const {
    if (m_element == ElementType::float64) {
      std::vector<double> out(m_output.size());
      attention_plain(m_sizes, m_options, std::span<const double>(m_inputs[0].wide), m_inputs[1].wide, m_inputs[2].wide, out);
      return largest_difference(out, expected);
    }
    std::vector<float> out(m_output.size());
    const std::span<const float> query = m_inputs[0].values, key = m_inputs[1].values, value = m_inputs[2].values;
    if (m_element == ElementType::float32) {
      attention_plain(m_sizes, m_options, query, key, value, out);
    } else {
      attention_plain_narrow(m_sizes, m_options, m_element, query, key, value, out);
    }
    return largest_difference(out, expected);
  }

  std::size_t wrong_elements(const std::vector<Wide>& expected, double limit) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) count += std::abs(m_output[i] - expected[i]) < static_cast<Wide>(limit) ? 0 : 1;
    return count;
  }

  /// What was computed instead, where it is one of the usual mistakes.
  std::string mistake(double limit) const {
    const double root = std::sqrt(static_cast<double>(m_sizes.depth));
    for (const double factor : {0.5, 2.0, root, 1 / root}) {
      if (largest_difference(m_output, truth(m_options, factor)) < limit)
        return fmt::format("the scores are scaled by {:.3g} / sqrt(depth)", factor);
    }
    const bool causal = m_options.causality == native::Causality::causal;
    if (!causal && m_options.mask.empty()) {
      return largest_difference(m_output, truth({native::Causality::causal, {}})) < limit
                 ? "keys are hidden as if a causal mask was asked for"
                 : "";
    }
    if (largest_difference(m_output, truth({})) < limit) return fmt::format("the {}mask is not applied", causal ? "causal " : "");
    return {};
  }

  std::string diagnosis(const std::vector<Wide>& expected, double error, double limit) const {
    if (const std::size_t wrong = wrong_elements(expected, limit); wrong * 100 < expected.size()) {
      return fmt::format("{} of {} elements are wrong", wrong, expected.size());
    }
    if (std::string found = mistake(limit); !found.empty()) return found;
    if (m_element == ElementType::float32 && error < 0.02) return "as coarse as arithmetic in TF32 or with 16 bits";
    if (m_element == ElementType::float64 && error < 1e-4) return "as coarse as arithmetic in float32";
    return "the weighted sums are wrong";
  }

  AttentionSizes m_sizes;
  const AttentionOptions& m_options;
  const std::vector<Tensor>& m_inputs;
  ElementType m_element;
  std::vector<Wide> m_query, m_key, m_value, m_output;
};

}  // namespace

ErrorMeasurement judge_attention(const AttentionSizes& sizes, const AttentionOptions& options, const std::vector<Tensor>& inputs,
                                 const Tensor& output) {
  if (output.element == ElementType::float64) return Judge<long double>(sizes, options, inputs, output).verdict();
  return Judge<double>(sizes, options, inputs, output).verdict();
}

}  // namespace torchup::reference
