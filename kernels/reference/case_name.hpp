#pragma once
// How the cases of kernels are named: "512x512" in float32, "512x512-float64" in any other type.

#include "torchup/kernels/element_type.hpp"

#include <string>
#include <string_view>

namespace torchup::reference {

inline std::string case_name(std::string name, ElementType element) {
  if (element != ElementType::float32) name.append("-").append(element_name(element));
  return name;
}

}  // namespace torchup::reference
