#include "src/requirement_files.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>

namespace torchup {
namespace {

constexpr int k_deepest = 16;

enum class Kind { requirements, constraints };

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// pip: a comment starts at `#` at the start of a line or after white space, so that `url#fragment` is kept.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return line.substr(0, at);
  }
  return line;
}

/// The value of `-r VALUE`, `-rVALUE`, `--long VALUE` or `--long=VALUE`; nothing for another line.
std::optional<std::string> option_value(std::string_view line, std::string_view brief, std::string_view full) {
  if (line.starts_with(full) && line.size() > full.size() && (line[full.size()] == ' ' || line[full.size()] == '=')) {
    return std::string(trimmed(line.substr(full.size() + 1)));
  }
  if (line.starts_with(brief) && !line.starts_with("--")) return std::string(trimmed(line.substr(brief.size())));
  return std::nullopt;
}

class Reader {
 public:
  Reader(RequirementList& list, const ReadFile& read) : m_list(list), m_read(read) {}

  Status file(const std::string& path, Kind kind, int depth) {
    if (depth > k_deepest)
      return failure({ErrorKind::usage, fmt::format("`{}` is nested more than {} files deep", path, k_deepest), {}, {}});
    TORCHUP_TRY_ASSIGN(const std::string text, m_read(path));
    std::string joined;
    std::size_t number = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      std::string_view part = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      ++number;
      const bool continued = part.ends_with('\\');
      joined += continued ? part.substr(0, part.size() - 1) : part;
      if (continued && !rest.empty()) continue;
      TORCHUP_TRY(with_context(line(trimmed(without_comment(joined)), path, kind, depth),
                               fmt::format("while reading `{}`, line {}", path, number)));
      joined.clear();
    }
    return {};
  }

 private:
  Status line(std::string_view text, const std::string& path, Kind kind, int depth) {
    if (text.empty()) return {};
    const auto beside = [&](const std::string& name) { return (std::filesystem::path(path).parent_path() / name).string(); };
    if (const auto nested = option_value(text, "-r", "--requirement")) return file(beside(*nested), kind, depth + 1);
    if (const auto nested = option_value(text, "-c", "--constraint")) return file(beside(*nested), Kind::constraints, depth + 1);
    if (text.starts_with("-")) {
      return failure({ErrorKind::usage,
                      fmt::format("the option `{}` is not supported in a requirements file", text.substr(0, text.find_first_of(" ="))),
                      {},
                      {}});
    }
    TORCHUP_TRY_ASSIGN(Requirement requirement, Requirement::parse(text));
    (kind == Kind::requirements ? m_list.requirements : m_list.constraints).push_back(std::move(requirement));
    return {};
  }

  RequirementList& m_list;
  const ReadFile& m_read;
};

}  // namespace

Status add_requirements_file(RequirementList& list, const std::string& path, const ReadFile& read) {
  return Reader(list, read).file(path, Kind::requirements, 0);
}

Status add_constraints_file(RequirementList& list, const std::string& path, const ReadFile& read) {
  return Reader(list, read).file(path, Kind::constraints, 0);
}

}  // namespace torchup
