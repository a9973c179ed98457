#pragma once
// As much of HTML as index pages need: tags with their attributes, and the text between them. Private to simple_html.cpp.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torchup {

struct HtmlTag {
  std::string name;                                             ///< Lower case; closing tags begin with '/'.
  std::vector<std::pair<std::string, std::string>> attributes;  ///< Names in lower case, values decoded once.

  /// The first attribute of that name, or nullptr.
  const std::string* attribute(std::string_view wanted) const;
};

/// Goes through a page from tag to tag; comments, declarations, scripts and styles are passed over.
class HtmlTokens {
 public:
  explicit HtmlTokens(std::string_view text) : m_text(text) {}

  /// The next tag; nothing at the page's end or at a tag that the page's end cuts off.
  std::optional<HtmlTag> next_tag();

  /// The text from here to the next tag, decoded, blanks at its ends removed.
  std::string text_here() const;

 private:
  std::optional<HtmlTag> read_tag();
  bool read_attribute(HtmlTag& tag);

  std::string_view m_text;
  std::size_t m_at = 0;
};

/// Decodes character references once (HTML, "character references"): numbers and the five names that XML has.
std::string decode_entities(std::string_view text);

}  // namespace torchup
