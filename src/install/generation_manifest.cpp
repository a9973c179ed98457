#include "src/install/generation_manifest.hpp"

#include "torchup/system/file_descriptor.hpp"

#include "src/install/environment_form.hpp"
#include "src/install/install.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

constexpr int k_schema = 1;
constexpr std::uint64_t k_size_limit = 16 << 20;
constexpr int k_depth_limit = 8;
constexpr const char* k_libtorch_kind = "libtorch";

Json to_json(const InstalledPackage& package) {
  return {{"name", package.name.text()},
          {"version", package.version.text()},
          {"wheel", package.wheel},
          {"sha256", package.wheel_sha256.hex()},
          {"url", package.url},
          {"index", package.index},
          {"requested", package.requested},
          {"files", package.files},
          {"bytes", package.bytes}};
}

/// Leaves out what lies too deep to be of ours, so that no nesting costs memory or stack.
std::optional<Json> parse(const std::string& text) {
  const auto keep = [](int depth, Json::parse_event_t, Json&) { return depth <= k_depth_limit; };
  Json document = Json::parse(text, keep, /*allow_exceptions=*/false);
  if (!document.is_object()) return std::nullopt;
  return document;
}

/// Text members; throws where one is missing or of another type, which `read` catches.
std::string text_of(const Json& object, const char* key) { return object.at(key).get_ref<const std::string&>(); }

Result<InstalledPackage> package_from(const Json& json) {
  TORCHUP_TRY_ASSIGN(PackageName name, PackageName::parse(text_of(json, "name")));
  TORCHUP_TRY_ASSIGN(const Version version, Version::parse(text_of(json, "version")));
  TORCHUP_TRY_ASSIGN(const Sha256 sha256, Sha256::parse(text_of(json, "sha256")));
  InstalledPackage package{std::move(name), version, sha256, text_of(json, "wheel"), text_of(json, "url"), text_of(json, "index")};
  package.requested = json.at("requested").get<bool>();
  package.files = json.at("files").get<std::uint64_t>();
  package.bytes = json.at("bytes").get<std::uint64_t>();
  return package;
}

/// A manifest without `kind` is that of a Python environment.
Result<PythonLayout> layout_from(const Json& json) {
  if (json.contains("kind")) {
    if (const std::string kind = text_of(json, "kind"); kind != k_libtorch_kind)
      return failure({ErrorKind::host, fmt::format("it is of the kind `{}`, which this torchup does not know", kind), {}, {}});
    return lay_out_libtorch();
  }
  const Json& interpreter = json.at("python");
  Python python;
  python.version = text_of(interpreter, "version");
  python.implementation = text_of(interpreter, "implementation");
  python.abi_flags = text_of(interpreter, "abi_flags");
  python.executable = text_of(interpreter, "executable");
  return lay_out_python(python);
}

Result<Generation> generation_from(const Json& json, const std::filesystem::path& root, unsigned number) {
  if (json.at("schema").get<int>() != k_schema) {
    return failure({ErrorKind::host, fmt::format("it has schema {}, expected {}", json.at("schema").dump(), k_schema), {}, {}});
  }
  if (json.at("number").get<unsigned>() != number) return failure({ErrorKind::host, "it belongs to another generation", {}, {}});
  TORCHUP_TRY_ASSIGN(const PythonLayout layout, layout_from(json));
  Generation generation = generation_at(root, number, layout);
  generation.created = text_of(json, "created");
  if (json.contains("edited")) {
    for (const Json& file : json.at("edited")) generation.edited.push_back(file.get<std::string>());
  }
  for (const Json& one : json.at("packages")) {
    TORCHUP_TRY_ASSIGN(InstalledPackage package, package_from(one));
    generation.packages.push_back(std::move(package));
  }
  return generation;
}

Error unreadable(const std::filesystem::path& file, std::string_view why) {
  return {ErrorKind::host, fmt::format("`{}` cannot be read: {}", file.string(), why), {}, {}};
}

}  // namespace

Status remove_generation(const Folder& generations, unsigned number) {
  const std::string name = std::to_string(number);
  TORCHUP_TRY(generations.remove(name + "/" + k_manifest_file));
  return generations.remove_tree(name);
}

Generation generation_at(const std::filesystem::path& root, unsigned number, const PythonLayout& python) {
  Generation generation;
  generation.number = number;
  generation.kind = python.kind;
  generation.root = root / generation_path(number);
  if (python.kind == EnvironmentKind::python) generation.python = generation.root / "bin/python";
  generation.site_packages = generation.root / python.site_packages;
  generation.python_version = python.version;
  generation.python_executable = python.executable;
  return generation;
}

std::string write_generation_manifest(const Generation& generation, const PythonLayout& python) {
  Json packages = Json::array();
  for (const InstalledPackage& package : generation.packages) packages.push_back(to_json(package));
  Json document = {{"schema", k_schema}, {"number", generation.number}, {"created", generation.created}};
  if (python.kind == EnvironmentKind::libtorch) {
    document["kind"] = k_libtorch_kind;
  } else {
    document["python"] = {{"version", python.version},
                          {"implementation", python.implementation},
                          {"abi_flags", python.abi_flags},
                          {"executable", python.executable}};
  }
  document["edited"] = generation.edited;
  document["packages"] = packages;
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Result<Generation>> judge_generation_manifest(const std::filesystem::path& root, unsigned number) {
  const std::filesystem::path path = root / generation_path(number) / k_manifest_file;
  const auto text = read_file_if_there(path, k_size_limit);
  if (!text) return failure(unreadable(path, text.error().message));
  if (!*text) return Result<Generation>(failure(unreadable(path, "it is not there")));
  try {
    const std::optional<Json> document = parse(**text);
    if (!document) return Result<Generation>(failure(unreadable(path, "it is no JSON object")));
    Result<Generation> generation = generation_from(*document, root, number);
    if (!generation) return Result<Generation>(failure(unreadable(path, generation.error().message)));
    return generation;
  } catch (const Json::exception&) {
    return Result<Generation>(failure(unreadable(path, "a field is missing or has another type")));
  }
}

Result<Generation> read_generation_manifest(const std::filesystem::path& root, unsigned number) {
  TORCHUP_TRY_ASSIGN(Result<Generation> generation, judge_generation_manifest(root, number));
  return generation;
}

Result<std::optional<std::string>> read_generation_lock(const Generation& generation) {
  return read_file_if_there(generation.root / k_generation_lock_file, k_size_limit);
}

}  // namespace torchup
