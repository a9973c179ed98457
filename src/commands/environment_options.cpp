#include "src/commands/environment_options.hpp"

namespace torchup {

std::filesystem::path environment_root(Application& application, const std::string& env) {
  const std::string chosen = env.empty() ? application.this_host().environment("VIRTUAL_ENV").value_or(".venv") : env;
  auto root = std::filesystem::absolute(chosen).lexically_normal();
  return root.has_filename() ? root : root.parent_path();  // `env/` is `env`
}

}  // namespace torchup
