#include "torchup/resolver/requirement_files.hpp"

#include "resolver/inputs/file_options.hpp"
#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace torchup {
namespace {

constexpr std::size_t k_deepest = 16;
constexpr std::size_t k_most_files = 1'000;
constexpr std::size_t k_largest_file = 16U << 20;
constexpr std::size_t k_most_requirements = 100'000;

enum class Role { requirements, constraints };

tl::unexpected<Error> refused(std::string message) { return failure({ErrorKind::usage, std::move(message), {}, {}}); }

/// pip reads nested files from the network, too.
bool is_url(const std::string& path) {
  const std::string start = lowered(path.substr(0, 6));
  return start.starts_with("http:") || start.starts_with("https:") || start.starts_with("file:");
}

/// What a reader of the line complains of must not show what a variable or a URL's password holds.
Error fit_to_show(Error error, const RequirementsLine& line) {
  const bool secret = without_credentials(line.text) != line.text;
  if (line.replaced()) {
    error.message = "the line is neither a requirement nor a known option once its variables are replaced";
  } else if (secret) {
    error.message = "the line is neither a requirement nor a known option";
  }
  return error;
}

template <class T>
Result<T> fit_to_show(Result<T> result, const RequirementsLine& line) {
  if (!result) result.error() = fit_to_show(std::move(result.error()), line);
  return result;
}

class Reader {
 public:
  Reader(RequirementList& list, const InputSources& sources) : m_list(list), m_sources(sources) {}

  Status file(const std::string& path, Role role) {
    const std::string place = std::filesystem::path(path).lexically_normal().string();
    if (std::find(m_open.begin(), m_open.end(), place) != m_open.end()) return refused(fmt::format("`{}` includes itself", path));
    if (m_open.size() == k_deepest) return refused(fmt::format("`{}` is nested more than {} files deep", path, k_deepest));
    if (++m_files > k_most_files) return refused(fmt::format("more than {} files are included", k_most_files));
    TORCHUP_TRY_ASSIGN(const std::string bytes, m_sources.read(path));
    if (bytes.size() > k_largest_file) return refused(fmt::format("`{}` is larger than {} MiB", path, k_largest_file >> 20));
    TORCHUP_TRY_ASSIGN(const auto lines, with_context(lines_of(bytes), fmt::format("while reading `{}`", path)));
    m_open.push_back(place);
    for (const auto& one : lines) TORCHUP_TRY(framed(line(one, path, role), one, path));
    m_open.pop_back();
    return {};
  }

 private:
  Result<std::vector<RequirementsLine>> lines_of(const std::string& bytes) const {
    TORCHUP_TRY_ASSIGN(const std::string text, decode_requirements(bytes));
    return requirements_lines(text, m_sources.variable);
  }

  static Status framed(Status status, const RequirementsLine& line, const std::string& path) {
    if (status) return status;
    auto& error = status.error();
    if (error.context.empty()) {
      for (const auto& name : line.unset) error.hints.push_back(fmt::format("the environment variable `{}` has no value", name));
    }
    error.context.push_back(
        fmt::format("while reading line {} of `{}`: `{}`", line.number, path, excerpt(without_credentials(line.written))));
    return status;
  }

  Status line(const RequirementsLine& line, const std::string& path, Role role) {
    TORCHUP_TRY_ASSIGN(const RequirementsEntry entry, fit_to_show(parse_requirements_line(line.text), line));
    if (!entry.stray.empty()) return refused("a word stands behind the options that belongs to none of them");
    if (!entry.requirement.empty()) return requirement(entry, line, role);
    for (const auto& option : entry.options) {
      if (option.name == "--requirement" || option.name == "--constraint") return nested(entry, path);
    }
    for (const auto& option : entry.options)
      TORCHUP_TRY(take_file_option(m_list, option, fmt::format("line {} of `{}`", line.number, path)));
    return {};
  }

  /// pip reads the first of several and drops the rest.
  Status nested(const RequirementsEntry& entry, const std::string& path) {
    const auto& [name, value] = entry.options.front();
    if (entry.options.size() > 1) return refused("a line that names a file has no other option");
    if (value.empty()) return refused(fmt::format("the option `{}` needs a value", name));
    if (is_url(value)) return refused(fmt::format("`{}` names a file by its URL, and only local files are read", name));
    // `-` is a file like any other here: standard input is the user's to name.
    const auto beside = std::filesystem::path(path).parent_path() / (value == "-" ? "./-" : value);
    return file(beside.string(), name == "--constraint" ? Role::constraints : Role::requirements);
  }

  Status requirement(const RequirementsEntry& entry, const RequirementsLine& line, Role role) {
    if (auto error = refused_form(entry.requirement)) return failure(*std::move(error));
    TORCHUP_TRY_ASSIGN(Requirement requirement, fit_to_show(Requirement::parse(entry.requirement), line));
    TORCHUP_TRY(take_hashes(entry, requirement));
    if (m_list.requirements.size() + m_list.constraints.size() == k_most_requirements)
      return refused(fmt::format("there are more than {} requirements", k_most_requirements));
    if (role == Role::requirements) {
      m_list.requirements.push_back(std::move(requirement));
      return {};
    }
    if (!requirement.extras.empty()) return refused("a constraint asks for extras");
    m_list.constraints.push_back(std::move(requirement));
    return {};
  }

  Status take_hashes(const RequirementsEntry& entry, const Requirement& requirement) {
    GivenHashes given{.name = requirement.name, .marker = requirement.marker};
    for (const auto& option : entry.options) {
      if (option.name != "--hash") return unfit_beside_requirement(option);
      TORCHUP_TRY_ASSIGN(const auto digest, read_hash(option.value));
      if (digest) given.sha256.push_back(*digest);
    }
    if (entry.options.empty()) return {};
    if (given.sha256.empty()) {
      return failure({ErrorKind::usage,
                      "no sha256 is among the hashes",
                      {},
                      {"indexes give sha256 alone: add `--hash=sha256:…` for each wheel that may be taken"}});
    }
    m_list.hashes.push_back(std::move(given));
    m_list.hash_need = HashNeed::everywhere;
    return {};
  }

  /// Building needs its options refused for what they are; pip reads over the rest, which would mislead here as it does there.
  Status unfit_beside_requirement(const RequirementsOption& option) {
    RequirementList ignored;
    if (option.name == "--config-settings" || option.name == "--global-option" || option.name == "--install-option")
      return take_file_option(ignored, option, "");
    return refused(fmt::format("`{}` stands beside a requirement, and has no effect there", option.name));
  }

  RequirementList& m_list;
  const InputSources& m_sources;
  std::vector<std::string> m_open;  // the files that are being read, outermost first
  std::size_t m_files = 0;
};

}  // namespace

Status add_requirements_file(RequirementList& list, const std::string& path, const InputSources& sources) {
  return Reader(list, sources).file(path, Role::requirements);
}

Status add_constraints_file(RequirementList& list, const std::string& path, const InputSources& sources) {
  return Reader(list, sources).file(path, Role::constraints);
}

std::optional<std::vector<Sha256>> hashes_of(const RequirementList& list, const PackageName& name, const MarkerEnvironment& environment) {
  std::optional<std::vector<Sha256>> common;
  for (const auto& given : list.hashes) {
    if (given.name != name || (given.marker && !given.marker->evaluate(environment))) continue;
    std::vector<Sha256> sorted = given.sha256;
    std::sort(sorted.begin(), sorted.end());
    if (common) {
      std::erase_if(*common, [&](const Sha256& one) { return !std::binary_search(sorted.begin(), sorted.end(), one); });
    } else {
      common = std::move(sorted);
    }
  }
  return common;
}

}  // namespace torchup
