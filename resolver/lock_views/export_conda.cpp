#include "torchup/resolver/export_lock.hpp"

#include "resolver/lock_views/requirement_lines.hpp"

#include <fmt/format.h>

#include <optional>

namespace torchup {
namespace {

/// A double-quoted YAML scalar; control characters are escaped.
std::string yaml_string(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

/// Conda's MatchSpec for the interpreter. It reads most specifiers as they are; a version and all below it is `=3.11` there.
std::string python_spec(const std::optional<SpecifierSet>& wanted) {
  std::string spec;
  if (!wanted) return "python";
  for (const Specifier& specifier : wanted->specifiers()) {
    std::string text = specifier.canonical();
    if (text.starts_with("==") && text.ends_with(".*")) text = "=" + text.substr(2, text.size() - 4);
    spec += (spec.empty() ? "" : ",") + text;
  }
  return "python" + spec;
}

}  // namespace

std::string conda_text(const Lockfile& lock, const std::string& name, const Extras& extras) {
  const std::vector<LockedPackage> packages = settled_packages(lock, extras);
  std::string text = fmt::format("name: {}\nchannels:\n  - conda-forge\ndependencies:\n", yaml_string(name));
  text += fmt::format("  - {}\n  - pip\n", yaml_string(python_spec(lock.requires_python)));
  if (packages.empty()) return text;
  text += "  - pip:\n";
  for (const std::string& line : index_option_lines(packages)) text += fmt::format("      - {}\n", yaml_string(line));
  for (const LockedPackage& package : packages) {
    std::string line = pinned_requirement(package);
    for (const std::string& option : hash_options(package)) line += " " + option;
    text += fmt::format("      - {}\n", yaml_string(line));
  }
  return text;
}

}  // namespace torchup
