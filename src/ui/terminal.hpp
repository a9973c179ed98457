#pragma once
// One output stream as a person sees it: its width, whether it takes colour, and the few styles that torchup uses.

#include <cstddef>
#include <string>
#include <string_view>

namespace torchup {

enum class Choice { automatic, always, never };  ///< As --color and --progress take it.

enum class Style { plain, bold, dim, good, warning, bad, accent };

class Terminal {
 public:
  Terminal(bool interactive, bool colour, std::size_t width) : m_interactive(interactive), m_colour(colour), m_width(width) {}

  /// The stream of a file descriptor. `automatic` takes colour on a terminal where NO_COLOR is unset and TERM is not "dumb".
  static Terminal of(int descriptor, Choice colour);

  bool interactive() const { return m_interactive; }
  bool colour() const { return m_colour; }
  std::size_t width() const { return m_width; }  ///< Columns: the terminal's, else COLUMNS, else 80.

  /// The text in that style; unchanged without colour. Never carries meaning that the text lacks.
  std::string styled(Style style, std::string_view text) const;

 private:
  bool m_interactive;
  bool m_colour;
  std::size_t m_width;
};

/// The text in lines of at most `width` columns, broken at spaces; the second line and on begin with `indent` spaces.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace torchup
