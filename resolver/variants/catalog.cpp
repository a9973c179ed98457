#include "torchup/resolver/catalog_check.hpp"

#include "resolver/variants/catalog_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <simdjson.h>

namespace torchup {

std::string_view embedded_pytorch_catalog();

std::string_view built_in_catalog_text() { return embedded_pytorch_catalog(); }

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t k_most_bytes = 16 << 20;
constexpr std::size_t k_most_levels = 8;

Error wrong(const std::string& row, std::string_view what) {
  return {ErrorKind::usage, fmt::format("`{}` of the catalog {}", row, what), {}, {}};
}

/// A value's text; nothing where it is none.
std::optional<std::string> text_of(dom::element value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::optional<std::string>(text) : std::nullopt;
}

/// One JSON object of the catalog with the name that messages give it: "releases[3]".
class Row {
 public:
  Row(dom::object object, std::string name) : m_object(object), m_name(std::move(name)) {}

  Result<std::string> text(const char* key) const {
    const auto value = find(key);
    auto written = value ? text_of(*value) : std::nullopt;
    if (!written || written->empty()) return failure(wrong(path(key), "is not a text"));
    return *std::move(written);
  }

  /// An empty text where there is none.
  Result<std::string> text_if_any(const char* key) const { return find(key) ? text(key) : Result<std::string>(std::string()); }

  Result<bool> flag(const char* key) const {
    bool set = false;
    const auto value = find(key);
    if (!value || value->get(set) != simdjson::SUCCESS) return failure(wrong(path(key), "is not true or false"));
    return set;
  }

  Result<NumericVersion> version(const char* key) const {
    TORCHUP_TRY_ASSIGN(const auto written, text(key));
    auto parsed = NumericVersion::parse(written);
    if (!parsed) return failure(wrong(path(key), fmt::format("is `{}`, not a dotted version number", written)));
    return parsed;
  }

  /// Nothing where the value is null or missing.
  Result<std::optional<NumericVersion>> version_if_any(const char* key) const {
    const auto value = find(key);
    if (!value || value->is_null()) return std::optional<NumericVersion>();
    TORCHUP_TRY_ASSIGN(auto parsed, version(key));
    return std::optional(std::move(parsed));
  }

  Result<std::vector<std::string>> texts(const char* key) const {
    dom::array elements;
    const auto value = find(key);
    if (!value || value->get(elements) != simdjson::SUCCESS) return failure(wrong(path(key), "is not a list of texts"));
    std::vector<std::string> list;
    for (const dom::element element : elements) {
      auto text = text_of(element);
      if (!text) return failure(wrong(path(key), "is not a list of texts"));
      list.push_back(*std::move(text));
    }
    return list;
  }

  Result<std::vector<Capability>> capabilities(const char* key) const {
    TORCHUP_TRY_ASSIGN(const auto list, texts(key));
    std::vector<Capability> parsed;
    for (const auto& element : list) {
      const auto capability = parse_capability(element);
      if (!capability) return failure(wrong(path(key), fmt::format("has `{}`, not a compute capability", element)));
      parsed.push_back(*capability);
    }
    return parsed;
  }

  Result<std::map<std::string, std::string, std::less<>>> text_map(const char* key) const {
    dom::object members;
    const auto value = find(key);
    if (!value || value->get(members) != simdjson::SUCCESS) return failure(wrong(path(key), "is not an object"));
    std::map<std::string, std::string, std::less<>> map;
    for (const auto [name, element] : members) {
      auto text = text_of(element);
      if (!text) return failure(wrong(fmt::format("{}.{}", path(key), name), "is not a text"));
      map.emplace(name, *std::move(text));
    }
    return map;
  }

  /// The same of a table that a catalog may leave out.
  template <class T, class Make>
  Result<std::vector<T>> rows_if_any(const char* key, Make make) const {
    return find(key) ? rows<T>(key, make) : Result<std::vector<T>>(std::vector<T>{});
  }

  /// Each element of a list, made into a T.
  template <class T, class Make>
  Result<std::vector<T>> rows(const char* key, Make make) const {
    dom::array elements;
    const auto value = find(key);
    if (!value || value->get(elements) != simdjson::SUCCESS) return failure(wrong(path(key), "is not a list"));
    std::vector<T> made;
    for (const dom::element element : elements) {
      auto name = fmt::format("{}[{}]", path(key), made.size());
      dom::object object;
      if (element.get(object) != simdjson::SUCCESS) return failure(wrong(name, "is not an object"));
      TORCHUP_TRY_ASSIGN(T one, make(Row(object, std::move(name))));
      made.push_back(std::move(one));
    }
    return made;
  }

 private:
  std::optional<dom::element> find(const char* key) const {
    dom::element value;
    return m_object[key].get(value) == simdjson::SUCCESS ? std::optional(value) : std::nullopt;
  }

  std::string path(const char* key) const { return m_name.empty() ? key : m_name + "." + key; }

  dom::object m_object;
  std::string m_name;
};

Result<WheelsRow> make_wheels(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto tag, row.text("tag"));
  TORCHUP_TRY_ASSIGN(auto pythons, row.texts("pythons"));
  return WheelsRow{std::move(tag), std::move(pythons)};
}

Result<BuildRow> make_build(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto name, row.text("name"));
  TORCHUP_TRY_ASSIGN(auto platforms, row.texts("on"));
  return BuildRow{std::move(name), std::move(platforms)};
}

Result<CompanionRow> make_companion(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto name, row.text("name"));
  TORCHUP_TRY_ASSIGN(auto version, row.text("version"));
  TORCHUP_TRY_ASSIGN(const bool pinned, row.flag("pinned"));
  return CompanionRow{std::move(name), std::move(version), pinned};
}

Result<ReleaseRow> make_release(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto version, row.version("torch"));
  ReleaseRow made{.version = std::move(version), .wheels = {}, .defaults = {}, .builds = {}, .companions = {}, .source = {}};
  TORCHUP_TRY_ASSIGN(made.wheels, row.rows<WheelsRow>("wheels", make_wheels));
  TORCHUP_TRY_ASSIGN(made.defaults, row.text_map("defaults"));
  TORCHUP_TRY_ASSIGN(made.builds, row.rows<BuildRow>("variants", make_build));
  TORCHUP_TRY_ASSIGN(made.companions, row.rows<CompanionRow>("companions", make_companion));
  TORCHUP_TRY_ASSIGN(made.source, row.text("source"));
  return made;
}

Result<ToolkitRow> make_toolkit(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto variant, row.text("variant"));
  TORCHUP_TRY_ASSIGN(auto cuda, row.version("cuda"));
  return ToolkitRow{std::move(variant), std::move(cuda)};
}

Result<DriverRow> make_driver(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto cuda, row.version("cuda"));
  TORCHUP_TRY_ASSIGN(auto linux_driver, row.version("linux"));
  TORCHUP_TRY_ASSIGN(auto windows_driver, row.version_if_any("windows"));
  return DriverRow{std::move(cuda), std::move(linux_driver), std::move(windows_driver)};
}

Result<MinorRow> make_minor(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto from, row.version("from"));
  TORCHUP_TRY_ASSIGN(auto to, row.version("to"));
  TORCHUP_TRY_ASSIGN(auto linux_driver, row.version("linux"));
  TORCHUP_TRY_ASSIGN(auto windows_driver, row.version("windows"));
  TORCHUP_TRY_ASSIGN(auto source, row.text("source"));
  return MinorRow{std::move(from), std::move(to), std::move(linux_driver), std::move(windows_driver), std::move(source)};
}

Result<ArchitectureRow> make_architecture(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto torch, row.version("torch"));
  ArchitectureRow made{.torch = std::move(torch), .variant = {}, .os = {}, .machine = {}, .cubins = {}, .ptx = {}, .source = {}};
  TORCHUP_TRY_ASSIGN(made.variant, row.text("variant"));
  TORCHUP_TRY_ASSIGN(made.os, row.text("os"));
  TORCHUP_TRY_ASSIGN(made.machine, row.text("machine"));
  TORCHUP_TRY_ASSIGN(made.cubins, row.capabilities("sm"));
  TORCHUP_TRY_ASSIGN(made.ptx, row.capabilities("ptx"));
  TORCHUP_TRY_ASSIGN(made.source, row.text("source"));
  return made;
}

Result<GpuRow> make_gpu(const Row& row) {
  TORCHUP_TRY_ASSIGN(const auto sm, row.text("sm"));
  TORCHUP_TRY_ASSIGN(auto products, row.texts("products"));
  const auto capability = parse_capability(sm);
  if (!capability) return failure(wrong("gpus", fmt::format("has `{}`, not a compute capability", sm)));
  return GpuRow{*capability, std::move(products)};
}

Result<GfxRow> make_gfx(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto from, row.version("from"));
  TORCHUP_TRY_ASSIGN(auto to, row.version("to"));
  TORCHUP_TRY_ASSIGN(auto rocm, row.texts("rocm"));
  TORCHUP_TRY_ASSIGN(auto gfx, row.texts("gfx"));
  TORCHUP_TRY_ASSIGN(auto source, row.text("source"));
  return GfxRow{std::move(from), std::move(to), std::move(rocm), std::move(gfx), std::move(source)};
}

Result<XpuRow> make_xpu(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto from, row.version("from"));
  TORCHUP_TRY_ASSIGN(auto to, row.version("to"));
  TORCHUP_TRY_ASSIGN(auto ips, row.texts("device_ip"));
  TORCHUP_TRY_ASSIGN(auto source, row.text("source"));
  return XpuRow{std::move(from), std::move(to), std::move(ips), std::move(source)};
}

Result<XpuFamilyRow> make_xpu_family(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto ips, row.texts("device_ip"));
  TORCHUP_TRY_ASSIGN(auto products, row.text("products"));
  return XpuFamilyRow{std::move(ips), std::move(products)};
}

Result<CxxRow> make_cxx(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto from, row.version("from"));
  TORCHUP_TRY_ASSIGN(auto to, row.version("to"));
  CxxRow made{.from = std::move(from), .to = std::move(to), .machine = {}, .standard = {}, .abi = {}, .source = {}};
  TORCHUP_TRY_ASSIGN(made.machine, row.text("machine"));
  TORCHUP_TRY_ASSIGN(made.standard, row.text("standard"));
  TORCHUP_TRY_ASSIGN(made.abi, row.text("abi"));
  TORCHUP_TRY_ASSIGN(made.source, row.text("source"));
  return made;
}

Result<LibtorchRow> make_libtorch(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto from, row.version("from"));
  TORCHUP_TRY_ASSIGN(auto to, row.version("to"));
  LibtorchRow made{.from = std::move(from), .to = std::move(to), .os = {}, .machine = {}, .abi = {}, .file = {}, .source = {}};
  TORCHUP_TRY_ASSIGN(made.os, row.text("os"));
  TORCHUP_TRY_ASSIGN(made.machine, row.text("machine"));
  TORCHUP_TRY_ASSIGN(made.abi, row.text("abi"));
  TORCHUP_TRY_ASSIGN(made.file, row.text("file"));
  TORCHUP_TRY_ASSIGN(made.source, row.text("source"));
  return made;
}

Result<MpsRow> make_mps(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto from, row.version("from"));
  TORCHUP_TRY_ASSIGN(auto to, row.version("to"));
  TORCHUP_TRY_ASSIGN(auto macos, row.version("macos"));
  TORCHUP_TRY_ASSIGN(auto source, row.text("source"));
  return MpsRow{std::move(from), std::move(to), std::move(macos), std::move(source)};
}

Result<LevelRow> make_level(const Row& row) {
  TORCHUP_TRY_ASSIGN(auto from, row.version("from"));
  TORCHUP_TRY_ASSIGN(auto machine, row.text("machine"));
  TORCHUP_TRY_ASSIGN(auto wants, row.text("wants"));
  TORCHUP_TRY_ASSIGN(auto source, row.text("source"));
  return LevelRow{std::move(from), std::move(machine), std::move(wants), std::move(source)};
}

/// What no single row can break: each release once, and every CUDA variant with its toolkit.
Status check_together(const VariantCatalog::Data& data) {
  if (data.releases.empty()) return failure(wrong("releases", "is empty"));
  for (std::size_t i = 1; i < data.releases.size(); ++i) {
    if (data.releases[i].version == data.releases[i - 1].version) {
      return failure(wrong("releases", fmt::format("has `{}` twice", data.releases[i].version.text())));
    }
  }
  for (const auto& release : data.releases) {
    for (const auto& build : release.builds) {
      const auto is_its = [&](const ToolkitRow& toolkit) { return toolkit.variant == build.name; };
      if (build.name.starts_with("cu") && std::none_of(data.toolkits.begin(), data.toolkits.end(), is_its)) {
        return failure(wrong("toolkits", fmt::format("has no row for `{}` of release {}", build.name, release.version.text())));
      }
    }
  }
  return {};
}

Result<VariantCatalog::Data> make_data(const Row& top) {
  VariantCatalog::Data data;
  TORCHUP_TRY_ASSIGN(data.releases, top.rows<ReleaseRow>("releases", make_release));
  TORCHUP_TRY_ASSIGN(data.toolkits, top.rows<ToolkitRow>("toolkits", make_toolkit));
  TORCHUP_TRY_ASSIGN(data.drivers, top.rows<DriverRow>("drivers", make_driver));
  TORCHUP_TRY_ASSIGN(data.minors, top.rows<MinorRow>("minor_compatibility", make_minor));
  TORCHUP_TRY_ASSIGN(data.architectures, top.rows<ArchitectureRow>("architectures", make_architecture));
  TORCHUP_TRY_ASSIGN(data.gpus, top.rows<GpuRow>("gpus", make_gpu));
  TORCHUP_TRY_ASSIGN(data.gfx, top.rows<GfxRow>("gfx", make_gfx));
  TORCHUP_TRY_ASSIGN(data.xpu, top.rows_if_any<XpuRow>("xpu", make_xpu));
  TORCHUP_TRY_ASSIGN(data.xpu_families, top.rows_if_any<XpuFamilyRow>("xpu_families", make_xpu_family));
  TORCHUP_TRY_ASSIGN(data.cxx, top.rows_if_any<CxxRow>("cxx", make_cxx));
  TORCHUP_TRY_ASSIGN(data.libtorch, top.rows_if_any<LibtorchRow>("libtorch", make_libtorch));
  TORCHUP_TRY_ASSIGN(data.mps, top.rows<MpsRow>("mps", make_mps));
  TORCHUP_TRY_ASSIGN(data.levels, top.rows<LevelRow>("cpu_levels", make_level));
  std::sort(data.releases.begin(), data.releases.end(), [](const auto& a, const auto& b) { return b.version < a.version; });
  TORCHUP_TRY(check_together(data));
  return data;
}

}  // namespace

std::optional<Capability> parse_capability(std::string_view text) {
  Capability capability;
  if (text.ends_with('a') || text.ends_with('f')) {
    capability.suffix = text.back();
    text.remove_suffix(1);
  }
  const auto* const end = text.data() + text.size();
  const auto [dot, problem] = std::from_chars(text.data(), end, capability.major);
  if (problem != std::errc{} || dot == end || *dot != '.') return std::nullopt;
  const auto [last, second_problem] = std::from_chars(dot + 1, end, capability.minor);
  // The minor number is one digit: "12.0" is sm_120, and no "1.20" could be told from it.
  if (second_problem != std::errc{} || last != end || capability.minor > 9 || capability.major > 99) return std::nullopt;
  return capability;
}

Result<VariantCatalog> VariantCatalog::parse(std::string_view json) {
  if (json.size() > k_most_bytes) return failure({ErrorKind::usage, "the catalog is larger than 16 MiB", {}, {}});
  dom::parser parser;
  dom::object object;
  // One level more than may be: the parser counts the document itself.
  const bool is_object = parser.allocate(std::max<std::size_t>(json.size(), 1), k_most_levels + 1) == simdjson::SUCCESS &&
                         parser.parse(json.data(), json.size()).get(object) == simdjson::SUCCESS;
  if (!is_object) return failure({ErrorKind::usage, "the catalog is not a JSON object", {}, {}});
  std::int64_t schema = 0;
  if (object["schema"].get(schema) != simdjson::SUCCESS || schema != 1)
    return failure(wrong("schema", "is not 1, the only one that this program reads"));
  dom::object family;
  if (object["family"].get(family) != simdjson::SUCCESS) return failure(wrong("family", "is not an object"));
  TORCHUP_TRY_ASSIGN(auto names, Row(family, "family").texts("names"));
  TORCHUP_TRY_ASSIGN(auto data, make_data(Row(object, "")));
  TORCHUP_TRY_ASSIGN(data.date, Row(object, "").text_if_any("date"));
  std::sort(names.begin(), names.end());
  data.family = std::move(names);
  return VariantCatalog(std::make_shared<const Data>(std::move(data)));
}

const VariantCatalog& VariantCatalog::built_in() {
  static const VariantCatalog catalog(nullptr);
  return catalog;
}

const VariantCatalog::Data& VariantCatalog::data() const {
  if (m_data) return *m_data;
  // A test reads it, so that a program whose own catalog is broken is never built to the end.
  static const VariantCatalog read = parse(embedded_pytorch_catalog()).value();
  return *read.m_data;
}

}  // namespace torchup
