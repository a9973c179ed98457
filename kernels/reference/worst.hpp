#pragma once
// The largest of error figures, where anything that is not a number counts as infinitely wrong.

#include <cmath>
#include <limits>

namespace torchup::reference {

class Worst {
 public:
  void take(double value) {
    if (!(value <= m_value)) m_value = std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
  }
  double value() const { return m_value; }

 private:
  double m_value = 0;
};

}  // namespace torchup::reference
