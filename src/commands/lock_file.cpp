#include "src/commands/lock_file.hpp"

#include "src/commands/files.hpp"

#include <fmt/format.h>

namespace torchup {

Result<Lockfile> read_lock_file(Application& application, const std::string& path) {
  TORCHUP_TRY_ASSIGN(const std::string text, read_text_file(path));
  TORCHUP_TRY_ASSIGN(Lockfile lock, with_context(read_lock(text), fmt::format("while reading `{}`", path)));
  for (const auto& key : lock.unknown_keys)
    application.diagnostics().warn(fmt::format("`{}` has a key that PEP 751 does not know: `{}`", path, key));
  for (const auto& package : lock.kept) {
    application.diagnostics().warn(
        fmt::format("`{}` in `{}` is left out of everything but an export as pylock: {}", package.name.text(), path, package.why));
  }
  return lock;
}

}  // namespace torchup
