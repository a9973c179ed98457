#include "torchup/resolver/native_archive.hpp"

#include "torchup/core/url.hpp"
#include "torchup/resolver/catalog_check.hpp"
#include "torchup/resolver/wheel_name.hpp"

#include "resolver/variants/catalog_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace torchup {
namespace {

/// The text with each `{name}` put in.
std::string filled(std::string text, std::string_view name, std::string_view value) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) text.replace(at, name.size(), value);
  return text;
}

std::string file_of(const LibtorchRow& row, const NumericVersion& release, std::string_view folder) {
  return filled(filled(row.file, "{version}", release.text()), "{variant}", folder);
}

NativeBuild build_of(const LibtorchRow& row) { return {row.os, row.machine, row.abi == "any" ? "" : row.abi}; }

/// The ABI of Linux wheels; other systems have one std::string.
std::string abi_of_wheels(const VariantCatalog::Data& catalog, const NumericVersion& release, const NativeBuild& build) {
  if (build.system != "linux") return "";
  const auto row = std::ranges::find_if(catalog.cxx, [&](const CxxRow& each) {
    return in_range(release, each.from, each.to) && (each.machine == build.machine || each.machine == "any");
  });
  return row == catalog.cxx.end() ? "" : row->abi;
}

/// System and machine of a wheel's platform tag.
std::optional<NativeBuild> build_of_tag(std::string_view tag) {
  if (tag == "win_amd64") return NativeBuild{"windows", "x86_64", ""};
  if (tag == "win_arm64") return NativeBuild{"windows", "arm64", ""};
  struct Family {
    std::string_view beginning, system;
  };
  constexpr std::array<Family, 3> k_families = {Family{"manylinux", "linux"}, Family{"linux_", "linux"}, Family{"macosx_", "macos"}};
  for (const auto& [beginning, system] : k_families) {
    if (!tag.starts_with(beginning)) continue;
    for (const std::string_view machine : {"x86_64", "aarch64", "arm64"}) {
      if (tag.ends_with(fmt::format("_{}", machine))) return NativeBuild{std::string(system), std::string(machine), ""};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<NativeArchive> find_native_archive(const VariantCatalog& catalog, const std::string& release, const std::string& variant,
                                                 const std::string& platform, std::string_view abi) {
  const auto number = NumericVersion::parse(release);
  if (!number) return std::nullopt;
  const auto dash = platform.find('-');
  const auto os = platform.substr(0, dash), machine = platform.substr(dash + 1);
  for (const LibtorchRow& row : catalog.data().libtorch) {
    if (row.os != os || row.machine != machine || !in_range(*number, row.from, row.to)) continue;
    // Of two forms for one release the one for today's compilers is meant where none is named.
    if (row.abi != "any" && row.abi != (abi.empty() ? "cxx11" : abi)) continue;
    const auto folder = variant_index_folder(variant);
    return NativeArchive{fmt::format("libtorch/{}/{}", folder, file_of(row, *number, folder)), build_of(row)};
  }
  return std::nullopt;
}

std::optional<NativeBuild> native_build_of_archive(const VariantCatalog& catalog, const std::string& release, std::string_view file_name) {
  const auto number = NumericVersion::parse(release);
  if (!number) return std::nullopt;
  const auto plus = file_name.rfind('+');
  const auto dot = file_name.rfind('.');
  const bool has_variant = plus != std::string_view::npos && dot != std::string_view::npos && plus < dot;
  const auto folder = has_variant ? file_name.substr(plus + 1, dot - plus - 1) : std::string_view();
  for (const LibtorchRow& row : catalog.data().libtorch) {
    if (in_range(*number, row.from, row.to) && percent_decode(file_of(row, *number, folder)) == file_name) return build_of(row);
  }
  return std::nullopt;
}

std::optional<NativeBuild> native_build_of_wheel(const VariantCatalog& catalog, const std::string& release, std::string_view file_name) {
  const auto number = NumericVersion::parse(release);
  const auto name = WheelName::parse(file_name);
  if (!number || !name || name->tags.empty()) return std::nullopt;
  auto build = build_of_tag(name->tags.front().platform);
  if (build) build->abi = abi_of_wheels(catalog.data(), *number, *build);
  return build;
}

std::optional<std::string> libtorch_archive(const VariantCatalog& catalog, const std::string& release, const std::string& variant,
                                            const std::string& platform) {
  auto archive = find_native_archive(catalog, release, variant, platform, "");
  if (!archive) return std::nullopt;
  return std::move(archive->path);
}

}  // namespace torchup
