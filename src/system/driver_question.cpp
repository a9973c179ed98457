#include "driver_question.hpp"

#include <algorithm>
#include <unistd.h>

namespace torchup {

void DriverQuestion::line(const std::string& key, const std::string& value) const {
  std::string text = key + " " + value;
  std::replace(text.begin(), text.end(), '\n', ' ');
  text += '\n';
  // A short write would mean that the parent is gone; there is nobody left to tell.
  [[maybe_unused]] const auto written = ::write(m_descriptor, text.data(), text.size());
}

std::string DriverQuestion::path_of(const char* function) const {
  Dl_info where{};
  void* const symbol = ::dlsym(m_library, function);
  return symbol != nullptr && ::dladdr(symbol, &where) != 0 && where.dli_fname != nullptr ? where.dli_fname : "";
}

}  // namespace torchup
