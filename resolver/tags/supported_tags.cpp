#include "resolver/tags/platform_tags.hpp"
#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace torchup {
namespace {

constexpr unsigned k_highest_minor = 99;  // of a Python; the list of tags must not grow with what a host says

std::string nodot(unsigned major, unsigned minor) { return fmt::format("{}{}", major, minor); }

std::string interpreter_tag(const TagTarget& target, unsigned minor) {
  const char* const implementation = target.implementation == "pypy" ? "pp" : "cp";
  return implementation + nodot(target.python_major, minor);
}

void add(std::vector<Tag>& tags, const std::string& python, const std::string& abi, const std::vector<std::string>& platforms) {
  for (const std::string& platform : platforms) tags.push_back({python, abi, platform});
}

std::string cpython_abi(const TagTarget& target, unsigned minor) {
  std::string abi = interpreter_tag(target, minor);
  if (target.free_threaded) abi += 't';
  if (target.python_major == 3 && minor < 8) abi += 'm';  // pymalloc was a choice, and part of the ABI, until Python 3.8
  return abi;
}

// cp312-cp312, cp312-abi3, cp312-none, then the stable ABI of the older Pythons down to 3.2 (PEP 384; PEP 803 without the GIL).
void add_cpython(std::vector<Tag>& tags, const TagTarget& target, unsigned minor, const std::vector<std::string>& platforms) {
  const std::string python = interpreter_tag(target, minor);
  add(tags, python, cpython_abi(target, minor), platforms);
  const bool has_stable_abi = target.python_major == 3 && minor >= 2;
  const std::string stable_abi = target.free_threaded ? "abi3t" : "abi3";
  if (has_stable_abi) add(tags, python, stable_abi, platforms);
  add(tags, python, "none", platforms);
  if (!has_stable_abi) return;
  for (unsigned older = minor; older-- > 2;) add(tags, interpreter_tag(target, older), stable_abi, platforms);
}

// py312, py3, py311, ..., py30.
std::vector<std::string> python_tags(const TagTarget& target, unsigned minor) {
  std::vector<std::string> pythons{"py" + nodot(target.python_major, minor), fmt::format("py{}", target.python_major)};
  for (unsigned older = minor; older-- > 0;) pythons.push_back("py" + nodot(target.python_major, older));
  return pythons;
}

}  // namespace

SupportedTags::SupportedTags(const TagTarget& target) {
  const std::vector<std::string> platforms = platform_tags(target);
  const unsigned minor = std::min(target.python_minor, k_highest_minor);
  const bool is_cpython = target.implementation == "cpython";
  if (is_cpython) {
    add_cpython(m_ranked, target, minor, platforms);
  } else if (target.implementation == "pypy") {
    add(m_ranked, interpreter_tag(target, minor), "none", platforms);  // its ABI tag is not among the facts that we have
  }
  const std::vector<std::string> pythons = python_tags(target, minor);
  for (const std::string& python : pythons) add(m_ranked, python, "none", platforms);
  if (is_cpython) m_ranked.push_back({interpreter_tag(target, minor), "none", "any"});
  if (target.implementation == "pypy") m_ranked.push_back({fmt::format("pp{}", target.python_major), "none", "any"});
  for (const std::string& python : pythons) m_ranked.push_back({python, "none", "any"});

  m_sorted.resize(m_ranked.size());
  std::iota(m_sorted.begin(), m_sorted.end(), std::size_t{0});
  std::ranges::stable_sort(m_sorted, {}, [&](std::size_t place) -> const Tag& { return m_ranked[place]; });
  m_platforms.insert(platforms.begin(), platforms.end());
  m_platforms.insert("any");
}

bool SupportedTags::may_take(std::string_view filename) const {
  constexpr std::string_view k_ending = ".whl";
  if (!filename.ends_with(k_ending)) return false;
  filename.remove_suffix(k_ending.size());
  const std::string platforms = lowered(filename.substr(filename.rfind('-') + 1));
  for (std::string_view rest = platforms;;) {
    const auto end = std::min(rest.find('.'), rest.size());
    if (m_platforms.contains(rest.substr(0, end))) return true;
    if (end == rest.size()) return false;
    rest.remove_prefix(end + 1);
  }
}

std::optional<std::size_t> SupportedTags::rank(const Tag& tag) const {
  const auto found = std::ranges::lower_bound(m_sorted, tag, {}, [&](std::size_t place) -> const Tag& { return m_ranked[place]; });
  if (found == m_sorted.end() || m_ranked[*found] != tag) return std::nullopt;
  return *found;
}

}  // namespace torchup
