#include "src/commands/remake_environment.hpp"

#include "torchup/resolver/universal_lock.hpp"

#include "src/commands/lock_options.hpp"
#include "src/host_python.hpp"

#include <fmt/format.h>

namespace torchup {

Result<unsigned> remake_environment(Application& application, const std::filesystem::path& root) {
  TORCHUP_TRY_ASSIGN(const Environment environment, environment_at(root));
  std::optional<std::string> text;
  if (environment.current) {
    TORCHUP_TRY_ASSIGN(text, read_generation_lock(*environment.current));
  }
  if (!text) return failure({ErrorKind::host, fmt::format("`{}` has no lock to be made from", root.string()), {}, {}});
  TORCHUP_TRY_ASSIGN(Lockfile lock, read_lock(*text));
  TORCHUP_TRY_ASSIGN(Target target, probe_target_of_python(application.this_host(), environment.current->python_executable));
  if (!lock.tool.variants.empty()) target.markers.extras = {extra_of_variant(lock.tool.variant)};
  const Ports ports = pipeline_ports(application);
  const InstallWish wish{.lock = std::move(lock),
                         .root = root,
                         .target = std::move(target),
                         .anew = true,
                         .mirrors = application.configuration().mirrors,
                         .foreign = Foreign::leave,  // what somebody changed is what is to be mended
                         .link_mode = application.configuration().link_mode,
                         .command = "doctor --fix"};
  TORCHUP_TRY_ASSIGN(PreparedInstall prepared, prepare_install(ports, wish));
  TORCHUP_TRY_ASSIGN(const Installed installed, carry_out_install(ports, wish, std::move(prepared)));
  return installed.environment.current->number;
}

}  // namespace torchup
