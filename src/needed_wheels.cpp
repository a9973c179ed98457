#include "src/needed_wheels.hpp"

#include "src/install/install.hpp"
#include "src/record/ledger.hpp"

#include <fmt/format.h>

#include <system_error>

namespace torchup {

Result<std::set<Sha256>> needed_wheels(const std::filesystem::path& ledger, Diagnostics& diagnostics) {
  std::set<Sha256> needed;
  std::error_code error;
  if (!std::filesystem::exists(ledger, error)) return needed;
  TORCHUP_TRY_ASSIGN(const Ledger opened, Ledger::open(ledger, diagnostics));
  TORCHUP_TRY_ASSIGN(const std::vector<std::filesystem::path> roots, opened.environments());
  for (const auto& root : roots) {
    const auto numbers = whole_generations(root);
    if (!numbers) diagnostics.note(fmt::format("passing over environment `{}`: {}", root.string(), numbers.error().message));
    for (const unsigned number : numbers.value_or(std::vector<unsigned>{})) {
      const auto generation = read_generation(root, number);
      if (!generation) {
        diagnostics.note(fmt::format("passing over a generation: {}", generation.error().message));
        continue;
      }
      for (const InstalledPackage& package : generation->packages) needed.insert(package.wheel_sha256);
    }
  }
  return needed;
}

}  // namespace torchup
