#include "resolver/requirements/marker_tree.hpp"
#include "resolver/versions/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace torchup {
namespace {

constexpr std::size_t k_longest_marker = 8192;
constexpr int k_deepest_marker = 64;

constexpr bool is_word_character(char c) { return is_letter_or_digit(c) || c == '_'; }

// Longest first: `===` begins with `==`.
constexpr std::array k_comparisons{
    MarkerOperator::arbitrary,  MarkerOperator::compatible,    MarkerOperator::equal, MarkerOperator::not_equal,
    MarkerOperator::less_equal, MarkerOperator::greater_equal, MarkerOperator::less,  MarkerOperator::greater,
};

class MarkerReader {
 public:
  explicit MarkerReader(std::string_view text) : m_text(text), m_cursor(text) {}

  Result<MarkerNode> read() {
    TORCHUP_TRY_ASSIGN(MarkerNode root, read_any(0));
    if (!m_cursor.at_end()) return refuse("`and`, `or` or the end");
    return root;
  }

 private:
  tl::unexpected<Error> refuse(std::string_view expected) const {
    const std::string found = m_cursor.at_end() ? "it ends" : fmt::format("there is `{}`", excerpt(m_cursor.rest()));
    return failure({ErrorKind::usage,
                    fmt::format("`{}` is not an environment marker: where {} should stand, {}", excerpt(m_text), expected, found),
                    {},
                    {}});
  }

  // A word of letters only, not the beginning of a longer one.
  bool take_word(std::string_view word) {
    Cursor ahead = m_cursor;
    if (!ahead.take(word) || is_word_character(ahead.peek())) return false;
    m_cursor = ahead;
    return true;
  }

  // children: `word` joined. A child of the same kind is taken apart, so that the tree has no needless levels.
  static void append(MarkerNode& parent, MarkerNode child) {
    if (child.kind != parent.kind) {
      parent.children.push_back(std::move(child));
      return;
    }
    parent.children.insert(parent.children.end(), std::make_move_iterator(child.children.begin()),
                           std::make_move_iterator(child.children.end()));
  }

  Result<MarkerNode> read_any(int depth) {
    MarkerNode node{MarkerNode::Kind::any};
    do {
      TORCHUP_TRY_ASSIGN(MarkerNode child, read_all(depth));
      append(node, std::move(child));
    } while (take_word("or"));
    return only_child_or(std::move(node));
  }

  Result<MarkerNode> read_all(int depth) {
    MarkerNode node{MarkerNode::Kind::all};
    do {
      TORCHUP_TRY_ASSIGN(MarkerNode child, read_atom(depth));
      append(node, std::move(child));
    } while (take_word("and"));
    return only_child_or(std::move(node));
  }

  static MarkerNode only_child_or(MarkerNode node) {
    if (node.children.size() != 1) return node;
    MarkerNode child = std::move(node.children.front());
    return child;
  }

  Result<MarkerNode> read_atom(int depth) {
    m_cursor.skip_blanks();
    if (!m_cursor.take('(')) return read_comparison();
    if (depth == k_deepest_marker) {
      return failure({ErrorKind::usage,
                      fmt::format("the environment marker `{}` has more than {} levels of parentheses", excerpt(m_text), k_deepest_marker),
                      {},
                      {}});
    }
    TORCHUP_TRY_ASSIGN(MarkerNode node, read_any(depth + 1));
    if (!m_cursor.take(')')) return refuse("`)`");
    m_cursor.skip_blanks();
    return node;
  }

  Result<MarkerNode> read_comparison() {
    TORCHUP_TRY_ASSIGN(MarkerOperand left, read_operand());
    TORCHUP_TRY_ASSIGN(const MarkerOperator op, read_operator());
    TORCHUP_TRY_ASSIGN(MarkerOperand right, read_operand());
    MarkerNode node;
    normalise_extra(left, right);
    node.comparison = MarkerComparison{std::move(left), op, std::move(right)};
    return node;
  }

  // Extras and groups compare by their normalised names (PEP 685, PEP 735).
  static void normalise_extra(MarkerOperand& left, MarkerOperand& right) {
    const auto names_extra = [](const MarkerOperand& operand) {
      const auto* variable = std::get_if<const MarkerVariable*>(&operand);
      return variable != nullptr && ((*variable)->type == MarkerType::extra || (*variable)->type == MarkerType::set);
    };
    if (names_extra(left) == names_extra(right)) return;
    auto* literal = std::get_if<std::string>(names_extra(left) ? &right : &left);
    if (literal == nullptr) return;
    std::string normal;
    for (const char c : *literal) {
      if (!is_separator(c)) {
        normal += lower(c);
      } else if (!normal.ends_with('-')) {
        normal += '-';
      }
    }
    *literal = std::move(normal);
  }

  Result<MarkerOperand> read_operand() {
    m_cursor.skip_blanks();
    const char quote = m_cursor.peek();
    if (quote == '"' || quote == '\'') return read_literal(quote);
    Cursor ahead = m_cursor;
    const std::string_view name = ahead.take_while([](char c) { return is_word_character(c) || c == '.'; });
    if (name.empty()) return refuse("a variable or a quoted text");
    const MarkerVariable* variable = find_marker_variable(name);
    if (variable == nullptr) {
      return failure({ErrorKind::usage,
                      fmt::format("`{}` in the environment marker `{}` is no variable that markers have", excerpt(name), excerpt(m_text)),
                      {},
                      {}});
    }
    m_cursor = ahead;
    m_cursor.skip_blanks();
    return variable;
  }

  Result<MarkerOperand> read_literal(char quote) {
    Cursor ahead = m_cursor;
    ahead.take_bytes(1);
    const std::string_view literal = ahead.take_while([quote](char c) { return c != quote; });
    if (!ahead.take(quote)) return refuse("a text with its closing quote");
    // The grammar has neither: a backslash would escape something in one reader and nothing in the next.
    const auto forbidden = [](char c) { return c == '\\' || (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f'; };
    if (std::any_of(literal.begin(), literal.end(), forbidden)) return refuse("a text without backslashes and control characters");
    m_cursor = ahead;
    m_cursor.skip_blanks();
    return std::string(literal);
  }

  Result<MarkerOperator> read_operator() {
    for (const MarkerOperator op : k_comparisons) {
      if (m_cursor.take(marker_operator_text(op))) return op;
    }
    if (take_word("in")) return MarkerOperator::in;
    const Cursor before = m_cursor;
    if (take_word("not") && is_blank(m_cursor.peek())) {
      m_cursor.skip_blanks();
      if (take_word("in")) return MarkerOperator::not_in;
    }
    m_cursor = before;
    return refuse("an operator");
  }

  std::string_view m_text;
  Cursor m_cursor;
};

}  // namespace

Result<Marker> Marker::parse(std::string_view text) {
  if (text.size() > k_longest_marker) {
    return failure(
        {ErrorKind::usage, fmt::format("the environment marker `{}` is longer than {} bytes", excerpt(text), k_longest_marker), {}, {}});
  }
  TORCHUP_TRY_ASSIGN(MarkerNode root, MarkerReader(text).read());
  return Marker(std::make_shared<const MarkerNode>(std::move(root)));
}

}  // namespace torchup
