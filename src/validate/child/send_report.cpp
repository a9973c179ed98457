#include "src/validate/child/send_report.hpp"

#include "src/validate/child/child_process.hpp"

#include <cerrno>
#include <unistd.h>

namespace torchup {

void send_report(std::string_view line) {
  while (!line.empty()) {
    const auto written = ::write(k_report_descriptor, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) ::_exit(1);
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace torchup
