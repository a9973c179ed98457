#include "torchup/doctor/installed_environment.hpp"

#include "torchup/resolver/package_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <system_error>

namespace torchup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_names = 100'000;
constexpr std::string_view k_dist_info = ".dist-info";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view k_blanks = " \t\r\n";
  const auto first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) + 1 - first);
}

template <class Line>
void for_each_line(std::string_view text, Line line) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string environment_kind(const fs::path& root) {
  std::error_code error;
  if (fs::is_directory(root / "generations", error)) return "torchup";
  if (fs::exists(root / "conda-meta", error)) return "conda";
  return fs::exists(root / "pyvenv.cfg", error) ? "venv" : "";
}

/// pyvenv.cfg's `key = value` lines, keys in lower case as site.py reads them.
std::map<std::string, std::string> read_configuration(const fs::path& file) {
  std::map<std::string, std::string> configuration;
  for_each_line(read_small_file(file).value_or(""), [&](std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return;
    std::string key(trimmed(line.substr(0, equals)));
    std::transform(key.begin(), key.end(), key.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    configuration.emplace(std::move(key), trimmed(line.substr(equals + 1)));
  });
  return configuration;
}

/// The minor version in "python3.11" or "python3.13t"; nothing in any other name.
std::optional<unsigned> python_minor(std::string_view name) {
  constexpr std::string_view k_beginning = "python3.";
  if (!name.starts_with(k_beginning)) return std::nullopt;
  name.remove_prefix(k_beginning.size());
  if (name.ends_with('t')) name.remove_suffix(1);
  unsigned minor = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), minor);
  return problem == std::errc{} && end == name.data() + name.size() ? std::optional(minor) : std::nullopt;
}

/// The newest lib/python3.N that has a site-packages.
fs::path library_folder(const fs::path& root) {
  fs::path newest;
  unsigned newest_minor = 0;
  for (const std::string& name : names_in(root / "lib")) {
    std::error_code error;
    const auto minor = python_minor(name);
    if (!minor || !fs::is_directory(root / "lib" / name / "site-packages", error)) continue;
    if (newest.empty() || *minor >= newest_minor) newest = root / "lib" / name, newest_minor = *minor;
  }
  return newest;
}

/// "3.11.2" of the "3.11.2.final.0" that virtualenv writes.
std::string numeric_part(std::string_view text) {
  const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
  text = text.substr(0, end);
  while (text.ends_with('.')) text.remove_suffix(1);
  return std::string(text);
}

/// As pyvenv.cfg or conda's record of its python tells; the newest that the library folder's version can mean otherwise.
std::string full_version(const InstalledEnvironment& environment) {
  std::vector<std::string> told;
  for (const char* key : {"version_info", "version"}) {
    if (const auto found = environment.configuration.find(key); found != environment.configuration.end()) told.push_back(found->second);
  }
  constexpr std::string_view k_record = "python-3.";
  for (const std::string& name : names_in(environment.root / "conda-meta")) {
    if (name.starts_with(k_record)) told.push_back(name.substr(k_record.size() - 2, name.find('-', k_record.size()) - k_record.size() + 2));
  }
  const std::string minor = numeric_part(environment.python_version);
  for (const std::string& text : told) {
    const std::string version = numeric_part(text);
    if (version.starts_with(minor + ".")) return version;
  }
  return minor + ".0";
}

std::optional<Distribution> distribution_of(const fs::path& site_packages, const std::string& folder) {
  if (!folder.ends_with(k_dist_info)) return std::nullopt;
  const std::string_view stem(folder.data(), folder.size() - k_dist_info.size());
  const auto dash = stem.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto name = PackageName::parse(stem.substr(0, dash));
  if (!name) return std::nullopt;
  const fs::path path = site_packages / folder;
  return Distribution{.name = name->text(),
                      .version = std::string(stem.substr(dash + 1)),
                      .folder = path,
                      .installer = std::string(trimmed(read_small_file(path / "INSTALLER", 4096).value_or("")))};
}

std::optional<InstalledTorch> read_torch(const fs::path& site_packages) {
  const fs::path source = site_packages / "torch" / "version.py";
  const auto text = read_small_file(source);
  if (!text) return std::nullopt;
  InstalledTorch torch{.version = python_constant(*text, "__version__"),
                       .cuda = python_constant(*text, "cuda"),
                       .hip = python_constant(*text, "hip"),
                       .rocm = python_constant(*text, "rocm"),
                       .xpu = python_constant(*text, "xpu"),
                       .git_version = python_constant(*text, "git_version"),
                       .debug = text->find("\ndebug = True") != std::string::npos,
                       .folder = site_packages / "torch",
                       .source = source};
  if (torch.version.empty()) return std::nullopt;
  return torch;
}

}  // namespace

std::string InstalledTorch::variant() const {
  // The local part of the version names the variant; a wheel of the main index has none, and then its own constants tell.
  if (const auto plus = version.find('+'); plus != std::string::npos && !version.substr(plus + 1).starts_with("git")) {
    return version.substr(plus + 1);
  }
  if (!cuda.empty()) {
    std::string digits = cuda;
    std::erase(digits, '.');
    return "cu" + digits;
  }
  if (!hip.empty()) return "rocm" + hip.substr(0, hip.find('.', hip.find('.') + 1));
  return xpu.empty() ? "cpu" : "xpu";
}

const Distribution* InstalledEnvironment::find(std::string_view name) const {
  const auto at = std::ranges::lower_bound(distributions, name, {}, [](const Distribution& d) { return std::string_view(d.name); });
  return at != distributions.end() && at->name == name ? &*at : nullptr;
}

bool InstalledEnvironment::sees_system_packages() const {
  const auto found = configuration.find("include-system-site-packages");
  return kind != "conda" && found != configuration.end() && found->second == "true";
}

Result<InstalledEnvironment> read_installed_environment(const fs::path& root) {
  InstalledEnvironment environment;
  environment.root = root;
  environment.kind = environment_kind(root);
  environment.python = root / "bin" / "python";
  environment.library = library_folder(root);
  if (environment.kind.empty() || environment.library.empty()) {
    std::error_code error;
    return failure({ErrorKind::host,
                    fs::exists(root, error) ? fmt::format("`{}` is no Python environment", root.string())
                                            : fmt::format("there is no environment `{}`", root.string()),
                    {},
                    {"name one with --env, or make one with `torchup install --env DIR`"}});
  }
  environment.python_version = environment.library.filename().string().substr(std::string_view("python").size());
  environment.site_packages = environment.library / "site-packages";
  if (environment.kind != "conda") environment.configuration = read_configuration(root / "pyvenv.cfg");
  for (const std::string& name : names_in(environment.site_packages)) {
    if (name.starts_with('~')) environment.leftovers.push_back(name);
    if (auto distribution = distribution_of(environment.site_packages, name)) environment.distributions.push_back(*std::move(distribution));
  }
  std::ranges::sort(environment.distributions, {}, [](const Distribution& d) { return std::pair(d.name, d.version); });
  environment.python_full_version = full_version(environment);
  environment.torch = read_torch(environment.site_packages);
  return environment;
}

std::string python_constant(std::string_view source, std::string_view name) {
  std::string found;
  for_each_line(source, [&](std::string_view line) {
    const auto equals = line.find('=');
    if (!found.empty() || !line.starts_with(name) || equals == std::string_view::npos) return;
    const std::string_view after = trimmed(line.substr(name.size(), equals - name.size()));
    if (!after.empty() && !after.starts_with(':')) return;  // another name that begins alike
    const std::string_view value = trimmed(line.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '\'' || value.front() == '"')) {
      found = value.substr(1, value.find(value.front(), 1) - 1);
    }
  });
  return found;
}

std::optional<std::string> read_small_file(const fs::path& path, std::size_t limit) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  for (std::array<char, 65536> block; file && text.size() <= limit;) {
    file.read(block.data(), block.size());
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof() || text.size() > limit) return std::nullopt;
  return text;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end && names.size() < k_most_names; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace torchup
