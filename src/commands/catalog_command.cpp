// torchup catalog: what this program knows of torch's releases and builds, and what the indexes carry that it does not know.

#include "src/check_catalog.hpp"
#include "src/commands/application.hpp"
#include "src/commands/catalog_rows.hpp"
#include "src/commands/command.hpp"
#include "src/commands/files.hpp"
#include "src/commands/lock_options.hpp"
#include "src/commands/parser.hpp"
#include "src/commands/print_catalog.hpp"
#include "src/ui/json_output.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace torchup {
namespace {

struct Options {
  std::string release;  ///< Of `show`; empty: all.
  CatalogCheckWish check;
  std::string write;
};

Result<int> show(Application& application, const Options& options) {
  const auto releases = catalog_contents(application.catalog());
  if (options.release.empty()) {
    application.print(application.options().json ? json_document(catalog_json(application.catalog(), releases))
                                                 : catalog_text(application.catalog(), releases, application.out()));
    return 0;
  }
  const auto stem = options.release.substr(options.release.starts_with("torch==") ? 7 : 0);
  const auto at = std::find_if(releases.begin(), releases.end(), [&](const auto& row) { return row.release == stem; });
  if (at == releases.end()) {
    return failure({ErrorKind::usage,
                    fmt::format("the catalog knows no release of torch `{}`", stem),
                    {},
                    {fmt::format("`torchup catalog show` lists those from {} to {}", releases.back().release, releases.front().release)}});
  }
  application.print(application.options().json ? json_document(catalog_json(application.catalog(), {*at}))
                                               : release_text(*at, application.out()));
  return 0;
}

/// The rows' source: which index they were read from.
std::string source_of(const CatalogCheck& check) { return "wheels and METADATA listed by " + check.asked.front().url; }

Status write_catalog(Application& application, const Options& options, const CatalogCheck& check) {
  std::string text(built_in_catalog_text());
  if (const auto& file = application.options().catalog; !file.empty()) {
    TORCHUP_TRY_ASSIGN(text, read_text_file(file));
  }
  TORCHUP_TRY_ASSIGN(const std::string written, with_derived_rows(text, application.catalog(), check.derived, source_of(check)));
  // A catalog that this program could not read again would be a trap.
  TORCHUP_TRY(with_context(VariantCatalog::parse(written), "while reading the catalog with its new rows"));
  TORCHUP_TRY(write_text_file(options.write, written));
  application.diagnostics().note(
      fmt::format("`{}` has rows for {} more releases; use it with `--catalog {}`", options.write, check.derived.size(), options.write));
  return {};
}

Result<int> check_indexes(Application& application, const Options& options) {
  TORCHUP_TRY_ASSIGN(const CatalogCheck check, check_catalog(pipeline_ports(application), options.check));
  application.print(application.options().json ? json_document(check_json(check, source_of(check)))
                                               : check_text(check, source_of(check), application.out()));
  if (!options.write.empty()) TORCHUP_TRY(write_catalog(application, options, check));
  return check.gaps.empty() ? 0 : 1;
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  Parser showing = parser.command("show", "List the releases of torch with their builds, or all that is known of one");
  showing.argument({"release", "TORCH==V", "`torch==V` or `V`: all that is known of that release"}, options->release);
  Parser checking = parser.command("check", "Compare with what the indexes carry today; exit with 1 where they differ");
  checking.option({"--index-url", "URL", "The main package index instead of pip's"}, options->check.index_url);
  checking.option({"--torch-index-url", "URL", "The folder in which cpu, cu130, ... lie, instead of PyTorch's"},
                  options->check.torch_index_url);
  checking.option({"--write", "FILE", "Write the catalog with rows for what is new to FILE, for --catalog"}, options->write);
  return [options, showing](Application& application) {
    return showing.chosen() ? show(application, *options) : check_indexes(application, *options);
  };
}

}  // namespace

extern const Command catalog_command;
const Command catalog_command{"catalog", "Show what is known of torch's releases, or compare it with the indexes", define};

}  // namespace torchup
