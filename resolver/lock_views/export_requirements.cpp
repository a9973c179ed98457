#include "torchup/resolver/export_lock.hpp"

#include "resolver/lock_views/requirement_lines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace torchup {
namespace {

/// pip replaces ${NAME} by the environment's value in every line: a lock must not be able to send one somewhere.
std::string without_variables(const std::string& url) {
  std::string text;
  for (const char c : url) {
    if (c == '$')
      text += "%24";
    else
      text += c;
  }
  return text;
}

/// What the lock was made for, which a requirements file cannot say.
std::vector<std::string> made_for(const Lockfile& lock) {
  std::vector<std::string> lines;
  if (lock.requires_python) lines.push_back(fmt::format("# for Python {}", lock.requires_python->text()));
  for (const Marker& marker : lock.environments) lines.push_back(fmt::format("# for {}", marker.text()));
  return lines;
}

}  // namespace

std::vector<std::string> index_option_lines(const std::vector<LockedPackage>& packages) {
  std::map<std::string, std::size_t> counts;
  bool all_named = true;
  for (const LockedPackage& package : packages) {
    if (package.index)
      ++counts[without_variables(package.index->text())];
    else
      all_named = false;
  }
  if (counts.empty()) return {};
  const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
  const std::string main = all_named ? std::max_element(counts.begin(), counts.end(), fewer)->first : "";
  std::vector<std::string> lines;
  if (all_named) lines.push_back("--index-url " + main);
  for (const auto& [url, count] : counts) {
    if (url != main) lines.push_back("--extra-index-url " + url);
  }
  return lines;
}

std::string pinned_requirement(const LockedPackage& package) {
  std::string text = package.name.text() + "==" + package.version.text();
  if (package.marker) text += " ; " + package.marker->text();
  return text;
}

std::vector<std::string> hash_options(const LockedPackage& package) {
  std::set<std::string> options;
  for (const LockedFile& wheel : package.wheels) options.insert("--hash=sha256:" + wheel.sha256.hex());
  if (package.sdist && package.wheels.empty()) options.insert("--hash=sha256:" + package.sdist->sha256.hex());
  return {options.begin(), options.end()};
}

std::string requirements_text(const Lockfile& lock, const Extras& extras) {
  const std::vector<LockedPackage> packages = settled_packages(lock, extras);
  std::string text = "# pip install --require-hashes -r FILE\n";
  for (const std::string& line : made_for(lock)) text += line + "\n";
  const std::vector<std::string> options = index_option_lines(packages);
  if (options.size() > 1) text += "# uv asks one index for a package and stops there: give it --index-strategy unsafe-best-match\n";
  for (const std::string& line : options) text += line + "\n";
  for (const LockedPackage& package : packages) {
    text += pinned_requirement(package);
    for (const std::string& option : hash_options(package)) text += " \\\n    " + option;
    text += "\n";
  }
  return text;
}

}  // namespace torchup
