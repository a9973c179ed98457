#include "kernels/reference/judge_product.hpp"

#include "kernels/reference/worst.hpp"

#include <fmt/format.h>

#include <cmath>

namespace torchup::reference {

namespace {

using Values = std::vector<double>;

Values widened(const Tensor& tensor) {
  Values values(element_count(tensor.sizes));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = tensor.at(i);
  return values;
}

Values absolute(Values values) {
  for (double& value : values) value = std::abs(value);
  return values;
}

Values product(const native::ProductSizes& sizes, const Values& a, const Values& b) {
  Values c(static_cast<std::size_t>(sizes.rows * sizes.columns));
  native::multiply_add(native::row_major(a.data(), sizes.depth), native::row_major(b.data(), sizes.columns), c.data(), sizes.columns,
                       sizes);
  return c;
}

/// The products summed in long double: what float64 is judged by.
std::vector<long double> long_product(const native::ProductSizes& sizes, const Values& a, const Values& b) {
  const auto rows = static_cast<std::size_t>(sizes.rows), columns = static_cast<std::size_t>(sizes.columns),
             depth = static_cast<std::size_t>(sizes.depth);
  std::vector<long double> c(rows * columns);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t k = 0; k < depth; ++k) {
      const auto left = static_cast<long double>(a[row * depth + k]);
      for (std::size_t column = 0; column < columns; ++column)
        c[row * columns + column] += left * static_cast<long double>(b[k * columns + column]);
    }
  }
  return c;
}

bool is_half(ElementType element) { return element == ElementType::bfloat16 || element == ElementType::float16; }

/// Roundings of the sums come to a tenth of the bound; the rounding of a 16-bit result may take all of it by itself.
double limit_of(ElementType element) { return is_half(element) ? 2 : 1; }

class Judge {
 public:
  Judge(const native::ProductSizes& sizes, const Tensor& a, const Tensor& b, const Tensor& c)
      : m_sizes(sizes), m_element(c.element), m_a(widened(a)), m_b(widened(b)), m_errors(element_count(c.sizes)) {
    if (m_element == ElementType::float64) {
      take_errors(c, long_product(sizes, m_a, m_b));
    } else {
      take_errors(c, product(sizes, m_a, m_b));
    }
  }

  ErrorMeasurement verdict() const {
    const double limit = limit_of(m_element);
    const std::string measure =
        is_half(m_element) ? "max |C - C64| / (u |C64| + sqrt(k) u32 |A||B|)" : "max |C - C64| / (sqrt(k) u |A||B|)";
    return {measure, m_worst.value(), limit, m_worst.value() < limit ? "" : diagnosis()};
  }

 private:
  template <class T>
  void take_errors(const Tensor& c, const std::vector<T>& truth) {
    const Values magnitude = product(m_sizes, absolute(m_a), absolute(m_b));
    const double sum_unit =
        std::sqrt(static_cast<double>(m_sizes.depth)) * unit_roundoff(is_half(m_element) ? ElementType::float32 : m_element);
    const double result_unit = is_half(m_element) ? unit_roundoff(m_element) : 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      m_errors[i] = static_cast<double>(static_cast<T>(c.at(i)) - truth[i]);
      if (m_errors[i] == 0) continue;
      const double scaled = std::abs(m_errors[i]) / (sum_unit * magnitude[i] + result_unit * std::abs(static_cast<double>(truth[i])));
      m_worst.take(scaled);
      if (!(scaled < limit_of(m_element))) ++m_wrong;
    }
  }

  /// Whether the errors are what the last column of A times the last row of B would have added.
  bool lacks_last_term() const {
    const auto columns = static_cast<std::size_t>(m_sizes.columns), depth = static_cast<std::size_t>(m_sizes.depth);
    double square = 0, rest = 0;
    for (std::size_t i = 0; i < m_errors.size(); ++i) {
      const double missing = m_a[i / columns * depth + depth - 1] * m_b[(depth - 1) * columns + i % columns];
      square += missing * missing;
      rest += (m_errors[i] + missing) * (m_errors[i] + missing);
    }
    return rest < square / 16;
  }

  std::string coarseness() const {
    const double value = m_worst.value();
    if (m_element == ElementType::float64 && value >= 1e6 && value < 2e9) return "as coarse as products in float32";
    if (m_element == ElementType::float32 && value >= 8 && value < 400) return "as coarse as products of TF32 or float16 inputs";
    if (m_element == ElementType::float32 && value >= 400 && value < 1000) return "as coarse as products of bfloat16 inputs";
    return {};
  }

  std::string diagnosis() const {
    // A few wrong elements are of any size; roundings are everywhere.
    if (m_wrong * 100 < m_errors.size()) return fmt::format("{} of {} elements are wrong", m_wrong, m_errors.size());
    if (lacks_last_term()) return fmt::format("the last of the {} products of each sum is left out", m_sizes.depth);
    if (std::string coarse = coarseness(); !coarse.empty()) return coarse;
    if (is_half(m_element) && m_worst.value() < 2e4) return fmt::format("as coarse as sums kept in {}", element_name(m_element));
    return "most elements are wrong";
  }

  native::ProductSizes m_sizes;
  ElementType m_element;
  Values m_a, m_b, m_errors;
  Worst m_worst;
  std::size_t m_wrong = 0;
};

}  // namespace

ErrorMeasurement judge_product(const native::ProductSizes& sizes, const Tensor& a, const Tensor& b, const Tensor& c) {
  return Judge(sizes, a, b, c).verdict();
}

}  // namespace torchup::reference
