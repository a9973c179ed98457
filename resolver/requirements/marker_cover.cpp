#include "resolver/requirements/marker_cover.hpp"

#include "resolver/requirements/marker_constraint.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace torchup {
namespace {

using Id = MarkerDiagram::Id;
using Kind = MarkerQuestion::Kind;

constexpr std::size_t k_most_terms = 256;

/// What must hold together, each with its set.
struct Part {
  MarkerConstraint constraint;
  Id set;
};
using Term = std::vector<Part>;

tl::unexpected<Error> no_text() { return failure({ErrorKind::usage, "no marker says when this holds", {}, {}}); }

/// One comparison of a term, or several that are joined by `or`.
struct Piece {
  std::string text;
  bool is_joined_by_or = false;
  bool operator==(const Piece& other) const { return text == other.text; }
};

std::string conjunction(const std::vector<Piece>& pieces) {
  if (pieces.size() == 1) return pieces.front().text;
  std::vector<std::string> texts;
  for (const auto& [text, is_joined_by_or] : pieces) texts.push_back(is_joined_by_or ? "(" + text + ")" : text);
  return fmt::format("{}", fmt::join(texts, " and "));
}

/// The piece that most terms have; nothing where none has two.
std::optional<Piece> most_common(const std::vector<std::vector<Piece>>& terms) {
  std::optional<Piece> best;
  std::size_t most = 1;
  for (const auto& term : terms) {
    for (const Piece& piece : term) {
      const auto has_it = [&](const auto& other) { return std::find(other.begin(), other.end(), piece) != other.end(); };
      const auto count = static_cast<std::size_t>(std::count_if(terms.begin(), terms.end(), has_it));
      if (count > most) {
        most = count;
        best = piece;
      }
    }
  }
  return best;
}

/// The terms joined by `or`; what several have in common stands once.
std::vector<std::string> disjunction(std::vector<std::vector<Piece>> terms) {
  std::vector<std::string> texts;
  while (const auto common = most_common(terms)) {
    std::vector<std::vector<Piece>> with, without;
    for (auto& term : terms) {
      const auto at = std::find(term.begin(), term.end(), *common);
      const bool has_it = at != term.end();
      if (has_it) term.erase(at);
      (has_it ? with : without).push_back(std::move(term));
    }
    const auto rest = disjunction(std::move(with));
    texts.push_back(conjunction({*common, {fmt::format("{}", fmt::join(rest, " or ")), rest.size() > 1}}));
    terms = std::move(without);
  }
  for (const auto& term : terms) texts.push_back(conjunction(term));
  return texts;
}

class Cover {
 public:
  Cover(MarkerDiagram& diagram, Id wanted, Id forbidden) : m_diagram(diagram), m_wanted(wanted), m_forbidden(forbidden) {}

  Result<std::string> text() {
    TORCHUP_TRY(collect(m_wanted));
    note_texts(m_wanted);
    note_texts(m_forbidden);
    bool merged = true;
    while (merged) {
      for (Term& term : m_terms) TORCHUP_TRY(shorten(term));
      drop_equal();
      TORCHUP_TRY_ASSIGN(merged, merge());
    }
    TORCHUP_TRY(drop_needless());
    std::sort(m_terms.begin(), m_terms.end(), stands_before);
    std::vector<std::vector<Piece>> terms;
    for (const Term& term : m_terms) {
      TORCHUP_TRY_ASSIGN(auto pieces, pieces_of(term));
      terms.push_back(std::move(pieces));
    }
    return fmt::format("{}", fmt::join(disjunction(std::move(terms)), " or "));
  }

 private:
  /// Every way down to `always`, as a term; answers that lead to the same go together.
  Status collect(Id id) {
    if (id == MarkerDiagram::k_never) return {};
    if (id == MarkerDiagram::k_always) {
      if (m_terms.size() == k_most_terms) return no_text();
      m_terms.push_back(m_way);
      return {};
    }
    const MarkerDiagram::Node node = m_diagram.node(id);
    std::vector<bool> is_done(node.children.size());
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (is_done[i]) continue;
      std::vector<bool> same(node.children.size());
      for (std::size_t j = i; j < node.children.size(); ++j) {
        same[j] = node.children[j] == node.children[i];
        is_done[j] = is_done[j] || same[j];
      }
      if (node.children[i] == MarkerDiagram::k_never) continue;
      MarkerConstraint constraint = constraint_of(node, same);
      TORCHUP_TRY_ASSIGN(const Id set, set_of(m_diagram, constraint));
      m_way.push_back({std::move(constraint), set});
      TORCHUP_TRY(collect(node.children[i]));
      m_way.pop_back();
    }
    return {};
  }

  /// The texts that are told apart, of each question.
  void note_texts(Id id) {
    if (!m_noted.insert(id).second) return;
    const MarkerDiagram::Node& node = m_diagram.node(id);
    if (!node.texts.empty()) m_texts[node.question].insert(node.texts.begin(), node.texts.end());
    for (const Id child : node.children) note_texts(child);
  }

  /// Of three platforms, two are said shorter by the third that is not meant.
  std::vector<MarkerConstraint> forms_of(const MarkerConstraint& constraint) {
    std::vector<MarkerConstraint> forms = weaker_forms(constraint);
    if (constraint.question->kind != Kind::text || !constraint.positive) return forms;
    MarkerConstraint others{constraint.question, {}, {}, false};
    const auto& all = m_texts[constraint.question];
    std::set_difference(all.begin(), all.end(), constraint.texts.begin(), constraint.texts.end(), std::back_inserter(others.texts));
    if (!others.texts.empty() && others.texts.size() < constraint.texts.size()) forms.push_back(std::move(others));
    return forms;
  }

  Result<Id> set_of_all(const Term& term) {
    Id id = MarkerDiagram::k_always;
    for (auto part = term.rbegin(); part != term.rend(); ++part) {
      TORCHUP_TRY_ASSIGN(id, m_diagram.both(part->set, id));
    }
    return id;
  }

  Result<bool> is_allowed(const Term& term) {
    TORCHUP_TRY_ASSIGN(const Id set, set_of_all(term));
    TORCHUP_TRY_ASSIGN(const Id too_much, m_diagram.both(set, m_forbidden));
    return too_much == MarkerDiagram::k_never;
  }

  /// What is left out first: that something was not asked for, then what comes late in the order; last what was asked for.
  static int dispensability(const MarkerConstraint& constraint) {
    if (constraint.question->kind != Kind::yes_no) return 1;
    return constraint.positive ? 0 : 2;
  }

  Status shorten(Term& term) {
    std::vector<std::size_t> order(term.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = order.size() - 1 - i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return dispensability(term[a].constraint) > dispensability(term[b].constraint); });
    std::vector<bool> is_needless(term.size());
    for (const std::size_t i : order) {
      const Part kept = term[i];
      term[i].set = MarkerDiagram::k_always;
      TORCHUP_TRY_ASSIGN(const bool dispensable, is_allowed(term));
      is_needless[i] = dispensable;
      if (dispensable) continue;
      term[i] = kept;
      TORCHUP_TRY(weaken(term, i));
    }
    Term rest;
    for (std::size_t i = 0; i < term.size(); ++i) {
      if (!is_needless[i]) rest.push_back(std::move(term[i]));
    }
    term = std::move(rest);
    return {};
  }

  Status weaken(Term& term, std::size_t place) {
    for (bool changed = true; changed;) {
      changed = false;
      for (auto& form : forms_of(term[place].constraint)) {
        const Part kept = term[place];
        TORCHUP_TRY_ASSIGN(const Id set, set_of(m_diagram, form));
        term[place] = {std::move(form), set};
        TORCHUP_TRY_ASSIGN(changed, is_allowed(term));
        if (changed) break;
        term[place] = kept;
      }
    }
    return {};
  }

  void drop_equal() {
    const auto equal = [](const Term& a, const Term& b) {
      return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Part& x, const Part& y) { return x.set == y.set; });
    };
    for (std::size_t i = 0; i < m_terms.size(); ++i) {
      m_terms.erase(std::remove_if(m_terms.begin() + static_cast<std::ptrdiff_t>(i) + 1, m_terms.end(),
                                   [&](const Term& term) { return equal(term, m_terms[i]); }),
                    m_terms.end());
    }
  }

  /// The one place in which two terms differ, both asking the same there.
  static std::optional<std::size_t> only_difference(const Term& a, const Term& b) {
    if (a.size() != b.size()) return std::nullopt;
    std::optional<std::size_t> place;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i].constraint.question != b[i].constraint.question) return std::nullopt;
      if (a[i].set == b[i].set) continue;
      if (place || a[i].constraint.question->kind == Kind::yes_no) return std::nullopt;
      place = i;
    }
    return place;
  }

  /// The order of the questions, and of the answers where both ask the same.
  static bool stands_before(const Term& a, const Term& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](const Part& x, const Part& y) {
      const MarkerConstraint &left = x.constraint, &right = y.constraint;
      if (left.question != right.question) return *left.question < *right.question;
      if (left.positive != right.positive) return left.positive;
      if (left.texts != right.texts) return left.texts < right.texts;
      return left.question->kind == Kind::version && left.versions.ranges().front().low < right.versions.ranges().front().low;
    });
  }

  Result<bool> merge() {
    bool any = false;
    for (std::size_t i = 0; i < m_terms.size(); ++i) {
      for (std::size_t j = i + 1; j < m_terms.size(); ++j) {
        const auto place = only_difference(m_terms[i], m_terms[j]);
        if (!place) continue;
        MarkerConstraint both = united(m_terms[i][*place].constraint, m_terms[j][*place].constraint);
        TORCHUP_TRY_ASSIGN(const Id set, set_of(m_diagram, both));
        m_terms[i][*place] = {std::move(both), set};
        m_terms.erase(m_terms.begin() + static_cast<std::ptrdiff_t>(j));
        any = true;
        --j;
      }
    }
    return any;
  }

  /// A term whose environments the others have, too.
  Status drop_needless() {
    for (std::size_t i = m_terms.size(); i-- > 0 && m_terms.size() > 1;) {
      Id missing = m_wanted;
      for (std::size_t j = 0; j < m_terms.size() && missing != MarkerDiagram::k_never; ++j) {
        if (j == i) continue;
        TORCHUP_TRY_ASSIGN(const Id set, set_of_all(m_terms[j]));
        TORCHUP_TRY_ASSIGN(const Id others, m_diagram.negation(set));
        TORCHUP_TRY_ASSIGN(missing, m_diagram.both(missing, others));
      }
      if (missing == MarkerDiagram::k_never) m_terms.erase(m_terms.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return {};
  }

  static Result<std::vector<Piece>> pieces_of(const Term& term) {
    std::vector<Piece> pieces;
    for (const Part& part : term) {
      const auto alternatives = alternatives_of(part.constraint);
      if (!alternatives) return no_text();
      if (alternatives->size() == 1) {
        for (const auto& text : alternatives->front()) pieces.push_back({text});
        continue;
      }
      std::vector<std::string> texts;
      for (const auto& one : *alternatives) texts.push_back(fmt::format("{}", fmt::join(one, " and ")));
      pieces.push_back({fmt::format("{}", fmt::join(texts, " or ")), true});
    }
    return pieces;
  }

  MarkerDiagram& m_diagram;
  Id m_wanted, m_forbidden;
  std::set<Id> m_noted;
  std::map<const MarkerQuestion*, std::set<std::string>> m_texts;
  Term m_way;
  std::vector<Term> m_terms;
};

}  // namespace

Result<std::string> short_marker(MarkerDiagram& diagram, MarkerDiagram::Id wanted, MarkerDiagram::Id allowed) {
  TORCHUP_TRY_ASSIGN(const Id forbidden, diagram.negation(allowed));
  return Cover(diagram, wanted, forbidden).text();
}

}  // namespace torchup
