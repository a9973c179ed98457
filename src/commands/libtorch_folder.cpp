#include "src/commands/libtorch_folder.hpp"

#include "src/commands/libtorch_install.hpp"
#include "src/commands/report_validation.hpp"
#include "src/native_install.hpp"
#include "src/ui/json_output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace torchup {
namespace {

/// The current generation of a folder that holds LibTorch.
Result<Environment> libtorch_at(const std::string& to) {
  const auto root = libtorch_root(to);
  auto environment = environment_at(root);
  const bool is_libtorch = environment && environment->current && environment->current->kind == EnvironmentKind::libtorch;
  if (is_libtorch) return environment;
  return failure({ErrorKind::host,
                  fmt::format("`{}` is no LibTorch folder of torchup", root.string()),
                  {},
                  {"make one with `torchup libtorch install --to DIR`, or name it with --to"}});
}

/// As builds see it: DIR itself, so that the next generation takes this one's place without a new configuration.
BuildTree build_tree(Application& application, const Environment& environment) {
  BuildTree tree = native_target(pipeline_ports(application), *environment.current).tree;
  tree.root = environment.root;
  return tree;
}

}  // namespace

void add_libtorch_path_options(Parser& parser, LibtorchPathOptions& options) {
  parser.option(k_to_option, options.to);
  parser.flag("--cmake", options.cmake, "Arguments for cmake, one a line");
  parser.flag("--pkg-config", options.pkg_config, "The text of a .pc file");
  parser.flag("--env", options.env, "Variables for a shell to evaluate");
}

Result<int> print_libtorch_path(Application& application, const LibtorchPathOptions& options) {
  if (static_cast<int>(options.cmake) + static_cast<int>(options.pkg_config) + static_cast<int>(options.env) > 1) {
    return failure({ErrorKind::usage, "only one of `--cmake`, `--pkg-config` and `--env` can be given", {}, {}});
  }
  TORCHUP_TRY_ASSIGN(const Environment environment, libtorch_at(options.to));
  const BuildTree tree = build_tree(application, environment);
  if (application.options().json) {
    auto document = new_document();
    document["root"] = tree.root.string();
    document["version"] = tree.version;
    document["abi"] = tree.abi;
    document["cxx_standard"] = tree.standard;
    document["cmake"] = cmake_arguments(tree);
    document["compiler"] = compiler_arguments(tree);
    application.print(json_document(document));
  } else if (options.cmake) {
    application.print(fmt::format("{}\n", fmt::join(cmake_arguments(tree), "\n")));
  } else if (options.pkg_config) {
    application.print(pkg_config_text(tree));
  } else {
    application.print(options.env ? shell_text(tree) : tree.root.string() + "\n");
  }
  return 0;
}

void add_libtorch_verify_options(Parser& parser, LibtorchVerifyOptions& options) {
  parser.option(k_to_option, options.to);
  parser.choices({"--level", "LIST", "files, load, numeric, build; several by comma (default: all)"}, options.levels, native_levels());
}

Result<int> verify_libtorch(Application& application, const LibtorchVerifyOptions& options) {
  TORCHUP_TRY_ASSIGN(const Environment environment, libtorch_at(options.to));
  const Ports ports = pipeline_ports(application);
  NativeTarget target = native_target(ports, *environment.current);
  TORCHUP_TRY_ASSIGN(const ValidationReport report, validate_native(target, options.levels, ports.diagnostics, ports.cancellation));
  return report_validation(application, environment, report);
}

}  // namespace torchup
