#include "src/build_system.hpp"

#include "resolver/inputs/toml_requirements.hpp"
#include "resolver/lock/toml_parse.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace torchup {
namespace {

tl::unexpected<Error> refuse(std::string_view why) {
  return failure({ErrorKind::integrity, fmt::format("`build-system` of pyproject.toml {}", why), {}, {}});
}

/// A Python module's name, perhaps with an object in it: `a.b:c.d`.
bool is_backend(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           static_cast<unsigned char>(c) > 127;
  };
  const auto colon = std::min(text.find(':'), text.size());
  const auto module = text.substr(0, colon), object = text.substr(std::min(colon + 1, text.size()));
  return !module.empty() && std::all_of(module.begin(), module.end(), is_part) && std::all_of(object.begin(), object.end(), is_part);
}

/// PEP 517: relative, and inside the source. ':' parts the folders on their way to the hook.
bool is_inside(std::string_view folder) {
  const std::filesystem::path path(folder);
  return !folder.empty() && path.is_relative() && folder.find(':') == std::string_view::npos &&
         folder.find('\0') == std::string_view::npos &&
         std::none_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
}

}  // namespace

BuildSystem legacy_build_system() {
  return {.requirements = {Requirement::parse("setuptools>=40.8.0").value()}, .backend = "setuptools.build_meta:__legacy__"};
}

Result<BuildSystem> parse_build_system(std::string_view pyproject) {
  TORCHUP_TRY_ASSIGN(const TomlTable top, parse_toml(pyproject, {"pyproject.toml", ErrorKind::integrity}));
  const TomlValue* value = top.find("build-system");
  if (value == nullptr) return legacy_build_system();
  const auto* table = std::get_if<TomlTable>(&value->data);
  if (table == nullptr) return refuse("is no table");
  const TomlValue* requirements = table->find("requires");
  if (requirements == nullptr) return refuse("has no `requires`");
  BuildSystem system = legacy_build_system();
  auto wanted = toml_requirements(*requirements, "build-system.requires");
  if (!wanted) return failure({ErrorKind::integrity, wanted.error().message, {}, {}});
  system.requirements = *std::move(wanted);
  if (const TomlValue* backend = table->find("build-backend")) {
    const auto* text = std::get_if<std::string>(&backend->data);
    if (text == nullptr || !is_backend(*text)) return refuse("has a `build-backend` that is no Python object");
    system.backend = *text;
  }
  if (const TomlValue* folders = table->find("backend-path")) {
    const auto* list = std::get_if<TomlArray>(&folders->data);
    if (list == nullptr) return refuse("has a `backend-path` that is no array");
    for (const TomlValue& one : *list) {
      const auto* text = std::get_if<std::string>(&one.data);
      if (text == nullptr || !is_inside(*text)) return refuse("has a `backend-path` that leaves the source");
      system.folders.push_back(*text);
    }
  }
  return system;
}

}  // namespace torchup
