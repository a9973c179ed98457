#include "src/install/script_start.hpp"

namespace torchup {

bool wants_interpreter(std::string_view head) { return head.starts_with("#!python"); }

std::string with_script_start(std::string_view script) {
  const std::size_t end = script.find('\n');
  std::string changed(k_script_start);
  return changed.append(end == std::string_view::npos ? "\n" : script.substr(end));
}

}  // namespace torchup
