#include "src/ui/json_output.hpp"

#include <nlohmann/json.hpp>

namespace torchup {

nlohmann::ordered_json new_document() { return {{"schema", 1}}; }

nlohmann::ordered_json error_json(const Error& error) {
  auto document = new_document();
  document["error"] = {{"kind", kind_name(error.kind)},
                       {"message", error.message},
                       {"context", error.context},
                       {"hints", error.hints},
                       {"exit", exit_code(error.kind)}};
  return document;
}

std::string json_document(const nlohmann::ordered_json& document) {
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace torchup
