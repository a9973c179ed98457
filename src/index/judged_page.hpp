#pragma once
// What one page means under several sets of rules at once: a lock for many targets reads each page and its file names once, and
// keeps one cache file a page. Most pages say the same to most targets, which is then held once. Used by the index client.

#include "src/index/offered_versions.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

/// Rules that pages are judged by together, none twice.
class RuleSet {
 public:
  RuleSet() = default;
  explicit RuleSet(const IdentifiedRules& rules) { add(rules); }

  void add(const IdentifiedRules& rules);
  bool contains(const std::string& identity) const;

  const std::vector<std::shared_ptr<const IdentifiedRules>>& rules() const { return m_rules; }
  const std::string& identity() const { return m_identity; }  ///< The same for the same rules in the same order.

 private:
  std::vector<std::shared_ptr<const IdentifiedRules>> m_rules;
  std::string m_identity;
};

struct JudgedPage {
  std::vector<std::vector<OfferedVersion>> meanings;  ///< Different from each other.
  std::vector<std::size_t> of_rules;                  ///< For each of the rules, in order: its place in `meanings`.
};

/// As `offered_versions` for each of the rules.
JudgedPage judge_page(const ProjectPage& page, const RuleSet& rules);

/// For the cache; holds no credentials.
std::string print_judged_page(const JudgedPage& judged);

/// What `print_judged_page` wrote for that many rules; nothing where the bytes are anything else. Links on the origin of `index` get
/// its credentials.
std::optional<JudgedPage> parse_judged_page(std::string_view bytes, std::size_t rules, const Url& index);

}  // namespace torchup
