#include "torchup/resolver/lockfile.hpp"

#include "resolver/lock/pylock_order.hpp"
#include "resolver/lock/toml_emit.hpp"
#include "resolver/lock/upload_time.hpp"

#include <fmt/format.h>

#include <iterator>

namespace torchup {
namespace {

class LockText {
 public:
  void line(std::string_view text = {}) { m_text.append(text).push_back('\n'); }
  void lines(std::string_view text) { m_text.append(text); }
  void key(std::string_view name, std::string_view value) { fmt::format_to(std::back_inserter(m_text), "{} = {}\n", name, value); }
  void text(std::string_view name, std::string_view value) { key(name, toml_string(value)); }
  std::string take() { return std::move(m_text); }

 private:
  std::string m_text;
};

std::vector<std::string> marker_texts(const std::vector<Marker>& markers) {
  std::vector<std::string> texts;
  texts.reserve(markers.size());
  for (const Marker& marker : markers) texts.push_back(marker.text());
  return texts;
}

// The order of the keys is PEP 751's own, here and below.
void write_head(LockText& out, const Lockfile& lock) {
  out.text("lock-version", "1.0");
  if (!lock.environments.empty()) out.key("environments", toml_strings(marker_texts(lock.environments)));
  if (lock.requires_python) out.text("requires-python", lock.requires_python->text());
  out.key("extras", toml_strings(lock.extras));
  out.key("dependency-groups", toml_strings(lock.dependency_groups));
  if (!lock.default_groups.empty()) out.key("default-groups", toml_strings(lock.default_groups));
  out.text("created-by", lock.created_by);
  // An array of tables cannot be empty; the key is required all the same.
  if (lock.packages.empty() && lock.kept.empty()) out.key("packages", "[]");
}

std::string file_table(const LockedFile& wheel) {
  std::string line = "{name = " + toml_string(wheel.name);
  if (wheel.upload_time) {
    // It comes from an index; what is no date must not reach the file bare.
    if (const auto time = canonical_upload_time(*wheel.upload_time)) line += ", upload-time = " + *time;
  }
  line += ", url = " + toml_string(wheel.url.text());
  if (wheel.size) line += fmt::format(", size = {}", *wheel.size);
  return line + fmt::format(", hashes = {{sha256 = \"{}\"}}}}", wheel.sha256.hex());
}

void write_package(LockText& out, const LockedPackage& package) {
  out.line();
  out.line("[[packages]]");
  out.text("name", package.name.text());
  out.text("version", package.version.text());
  if (package.marker) out.text("marker", package.marker->text());
  if (package.requires_python && !package.requires_python->empty()) out.text("requires-python", package.requires_python->text());
  if (!package.dependencies.empty()) {
    out.line("dependencies = [");
    for (const auto& [name, version] : package.dependencies) {
      out.line(fmt::format("    {{name = {}, version = {}}},", toml_string(name.text()), toml_string(version.text())));
    }
    out.line("]");
  }
  if (package.index) out.text("index", package.index->text());
  if (package.sdist) out.key("sdist", file_table(*package.sdist));
  if (package.wheels.empty()) return;
  out.line("wheels = [");
  for (const LockedFile& wheel : package.wheels) out.line(fmt::format("    {},", file_table(wheel)));
  out.line("]");
}

void write_needs(LockText& out, const VariantNeeds& needs) {
  out.line();
  out.line("[[tool.torchup.needs]]");
  out.text("variant", needs.variant);
  out.text("platform", needs.platform);
  if (!needs.toolkit.empty()) out.text("toolkit", needs.toolkit);
  if (!needs.driver.empty()) out.text("driver", needs.driver);
  if (!needs.minor_driver.empty()) out.text("minor-driver", needs.minor_driver);
  if (!needs.architectures.empty()) out.key("architectures", toml_strings(needs.architectures));
}

void write_tool(LockText& out, const LockTool& tool) {
  if (tool.variant.empty() && tool.variant_reason.empty() && tool.requests.empty() && tool.variants.empty() && tool.needs.empty() &&
      tool.repairs.empty() && tool.computed_hashes.empty())
    return;
  out.line();
  out.line("[tool.torchup]");
  if (!tool.requests.empty()) out.key("requests", toml_strings(tool.requests));
  if (!tool.variants.empty()) out.key("variants", toml_strings(tool.variants));
  if (!tool.variant.empty()) out.text("variant", tool.variant);
  if (!tool.variant_reason.empty()) out.text("variant-reason", tool.variant_reason);
  if (!tool.repairs.empty()) out.key("repairs", toml_strings(tool.repairs));
  if (!tool.computed_hashes.empty()) out.key("computed-hashes", toml_strings(tool.computed_hashes));
  for (const VariantNeeds& needs : tool.needs) write_needs(out, needs);
}

}  // namespace

std::string write_lock(const Lockfile& lock) {
  const Lockfile ordered = in_canonical_order(lock);
  LockText out;
  write_head(out, ordered);
  for (const LockedPackage& package : ordered.packages) write_package(out, package);
  for (const KeptEntry& package : ordered.kept) out.lines("\n[[packages]]\n" + package.toml);
  write_tool(out, ordered.tool);
  return out.take();
}

}  // namespace torchup
