#pragma once
// What scripts read: one JSON document on stdout, `"schema": 1` first. Commands build their own document on top of this.

#include "torchup/core/error.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace torchup {

/// `{"schema": 1}`, to which a command adds its fields in a stable order.
nlohmann::ordered_json new_document();

/// `{"schema":1,"error":{kind,message,context,hints,exit}}`
nlohmann::ordered_json error_json(const Error& error);

/// The document as text, indented, ending with a newline; invalid UTF-8 is replaced.
std::string json_document(const nlohmann::ordered_json& document);

}  // namespace torchup
