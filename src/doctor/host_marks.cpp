#include "torchup/doctor/host_marks.hpp"

#include "src/doctor/host_questions.hpp"

#include <fmt/format.h>

namespace torchup {

std::vector<std::pair<std::string, std::string>> host_marks(const HostFacts& facts) {
  std::vector<std::pair<std::string, std::string>> marks;
  if (const auto* os = value_of(facts.os)) {
    if (!os->kernel.empty()) marks.emplace_back("kernel", os->kernel);
    if (!os->distribution.empty()) marks.emplace_back("distribution", os->distribution);
  }
  if (const auto* libc = value_of(facts.libc)) marks.emplace_back("libc", fmt::format("{} {}", libc->family, libc->version.text()));
  if (const auto* cpu = value_of(facts.cpu)) marks.emplace_back("cpu", fmt::format("{}, {}", cpu->model, cpu->level));
  for (const auto& [driver, evidence] : facts.drivers) {
    std::string text = driver.version ? driver.version->text() : "version not known";
    if (driver.cuda) text += fmt::format(", CUDA {}", driver.cuda->text());
    marks.emplace_back("driver " + driver.kind, std::move(text));
  }
  std::size_t place = 0;
  for (const auto& gpu : facts.accelerators) marks.emplace_back(fmt::format("gpu {}", place++), gpu_text(gpu.value));
  return marks;
}

}  // namespace torchup
