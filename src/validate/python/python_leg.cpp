#include "src/validate/python_leg.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace torchup {

std::string_view embedded_torch_runner();

Reporter python_reporter(const std::filesystem::path& python, const std::vector<std::string>& levels, std::chrono::milliseconds limit) {
  Reporter reporter;
  reporter.command.arguments = {python.string(), "-I", "-c", std::string(embedded_torch_runner()),
                                fmt::format("{}", fmt::join(levels, ","))};
  // -I passes over PYTHONPATH and the like; LD_LIBRARY_PATH stays, since the user's own Python has it too.
  reporter.command.environment = environment_without({"PYTHON*", "LD_PRELOAD"});
  reporter.command.limit = limit;
  reporter.engine = "torch-python";
  reporter.first_check = "python";
  reporter.first_level = levels.front();
  return reporter;
}

}  // namespace torchup
