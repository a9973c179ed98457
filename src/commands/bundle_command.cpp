// torchup bundle [PYLOCK] | list | verify | add: everything that a lock needs, in one file for a machine without network.

#include "src/bundle/bundle.hpp"
#include "src/commands/bundle_make.hpp"
#include "src/commands/command.hpp"
#include "src/commands/print_bundle.hpp"

namespace torchup {
namespace {

constexpr OptionText k_bundle_argument{"bundle", "FILE", "The bundle, or the first of its parts"};

Result<int> list(Application& application, const std::string& file) {
  TORCHUP_TRY_ASSIGN(const Bundle bundle, Bundle::open(file));
  application.print(application.options().json ? bundle_list_json(bundle) : bundle_list_text(bundle, application.out()));
  return 0;
}

Result<int> verify(Application& application, const std::string& file) {
  TORCHUP_TRY_ASSIGN(const Bundle bundle, Bundle::open(file));
  TORCHUP_TRY_ASSIGN(const auto damaged, verify_members(bundle, application.diagnostics(), application.cancellation()));
  application.print(application.options().json ? bundle_verification_json(bundle, damaged) : bundle_verification_text(bundle, damaged));
  return damaged.empty() ? 0 : 1;
}

Action define(Parser& parser) {
  struct Options {
    BundleOptions make;
    BundleAddOptions add;
    std::string listed, verified;
  };
  auto options = std::make_shared<Options>();
  add_bundle_options(parser, options->make);
  Parser listing = parser.command("list", "Print what a bundle holds; nothing is unpacked", Needed::no);
  listing.argument(k_bundle_argument, options->listed, Needed::yes);
  Parser verifying = parser.command("verify", "Hash every member of a bundle and say which are damaged", Needed::no);
  verifying.argument(k_bundle_argument, options->verified, Needed::yes);
  Parser adding = parser.command("add", "Add what other locks or requirements need", Needed::no);
  add_bundle_add_options(adding, options->add);
  return [options, listing, verifying, adding](Application& application) {
    if (listing.chosen()) return list(application, options->listed);
    if (verifying.chosen()) return verify(application, options->verified);
    if (adding.chosen()) return add_to_bundle(application, options->make, options->add);
    return make_bundle_of_lock(application, options->make);
  };
}

}  // namespace

extern const Command bundle_command;
const Command bundle_command{"bundle", "Put all that a lock needs into one file, for machines without network", define};

}  // namespace torchup
