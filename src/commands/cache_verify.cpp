#include "src/commands/cache_verify.hpp"

#include "src/commands/application.hpp"
#include "src/store/verify_store.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/quantities.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace torchup {
namespace {

constexpr std::size_t k_most_lines = 20;  // of one wheel; JSON has all

std::string document_of(const StoreVerification& found) {
  auto document = new_document();
  document["whole"] = found.damaged.empty();
  document["wheels"] = found.trees;
  document["files"] = found.files;
  document["bytes"] = found.bytes;
  auto damaged = nlohmann::ordered_json::array();
  for (const DamagedTree& tree : found.damaged) {
    auto files = nlohmann::ordered_json::array();
    for (const FileFault& fault : tree.files) files.push_back({{"path", fault.path}, {"is", kind_name(fault.kind)}});
    damaged.push_back(
        {{"sha256", tree.wheel.hex()}, {"wheel", tree.wheel_name}, {"manifest", tree.manifest_problem}, {"files", std::move(files)}});
  }
  document["damaged"] = std::move(damaged);
  return json_document(document);
}

std::string text_of(const StoreVerification& found) {
  std::string text;
  for (const DamagedTree& tree : found.damaged) {
    text += tree.wheel_name.empty() ? tree.wheel.hex() : tree.wheel_name;
    text += tree.manifest_problem.empty() ? "\n" : fmt::format(": {}\n", tree.manifest_problem);
    for (std::size_t i = 0; i < std::min(tree.files.size(), k_most_lines); ++i) {
      text += fmt::format("  {} {}\n", kind_name(tree.files[i].kind), tree.files[i].path);
    }
    if (tree.files.size() > k_most_lines) text += fmt::format("  and {} more\n", tree.files.size() - k_most_lines);
  }
  text += fmt::format("{}, {}, {}: ", count_text(found.trees, "wheel"), count_text(found.files, "file"), bytes_text(found.bytes));
  if (found.damaged.empty()) return text + "all is as it was verified";
  return text + fmt::format("{} damaged and moved aside; the next install that needs {} brings {} anew",
                            count_text(found.damaged.size(), "wheel"), found.damaged.size() == 1 ? "it" : "them",
                            found.damaged.size() == 1 ? "it" : "them");
}

}  // namespace

Result<int> verify_cache(Application& application) {
  TORCHUP_TRY_ASSIGN(const Store store, Store::open(application.store_directory()));
  TORCHUP_TRY_ASSIGN(const StoreVerification found, verify_store(store, application.diagnostics(), application.cancellation()));
  application.print(application.options().json ? document_of(found) : text_of(found));
  return found.damaged.empty() ? 0 : 1;
}

}  // namespace torchup
