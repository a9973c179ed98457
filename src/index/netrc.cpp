#include "src/index/netrc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace torchup {
namespace {

constexpr std::size_t k_most_bytes = 1 << 20;
constexpr std::size_t k_most_token_bytes = 4096;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// The words of a .netrc, one after the other.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : m_rest(text) {}

  /// Nothing at the end, and from where a word is too long or a quote is not closed.
  std::optional<std::string> next() {
    skip_blanks();
    while (m_rest.starts_with('#')) {  // a word of an entry may hold one, and not begin with it
      m_rest.remove_prefix(std::min(m_rest.find('\n'), m_rest.size()));
      skip_blanks();
    }
    return word();
  }

  /// The same where '#' is a character like others, as in a password.
  std::optional<std::string> next_value() {
    skip_blanks();
    return word();
  }

  /// A macro goes on to the next empty line.
  void skip_macro() {
    const std::size_t end = std::min(m_rest.find("\n\n"), m_rest.find("\n\r\n"));
    m_rest.remove_prefix(std::min(end, m_rest.size()));
  }

 private:
  void skip_blanks() {
    while (!m_rest.empty() && is_blank(m_rest.front())) m_rest.remove_prefix(1);
  }

  std::optional<std::string> word() {
    const bool quoted = m_rest.starts_with('"');
    if (quoted) m_rest.remove_prefix(1);
    std::string word;
    while (!m_rest.empty() && word.size() <= k_most_token_bytes) {
      const char c = m_rest.front();
      if (quoted ? c == '"' : is_blank(c)) break;
      m_rest.remove_prefix(1);
      if (c != '\\') {
        word += c;
      } else if (!m_rest.empty()) {
        word += m_rest.front();
        m_rest.remove_prefix(1);
      }
    }
    if (word.size() > k_most_token_bytes || (quoted && m_rest.empty()) || (!quoted && word.empty())) {
      m_rest = {};
      return std::nullopt;
    }
    if (quoted) m_rest.remove_prefix(1);
    return word;
  }

  std::string_view m_rest;
};

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

bool is_this_machine(const std::string& host) { return host == "127.0.0.1" || host == "[::1]" || host == "localhost"; }

std::optional<std::string> netrc_text(HostSystem& host) {
  std::optional<std::string> path = host.environment("NETRC");
  if (!path) {
    const auto home = host.environment("HOME");
    if (home) path = *home + "/.netrc";
  }
  if (!path) return std::nullopt;
  auto text = host.read_file(*path);
  if (!text || text->size() > k_most_bytes) return std::nullopt;
  return *std::move(text);
}

}  // namespace

std::vector<NetrcEntry> parse_netrc(std::string_view text) {
  std::vector<NetrcEntry> entries;
  std::optional<NetrcEntry> open;  // of a machine; none within `default`
  bool has_password = false;
  const auto close = [&] {
    if (open && has_password) entries.push_back(*open);
    open.reset();
    has_password = false;
  };
  Tokens tokens(text);
  for (auto key = tokens.next(); key; key = tokens.next()) {
    if (*key == "default" || *key == "macdef") {
      close();
      if (*key == "macdef") tokens.skip_macro();
      continue;
    }
    auto value = tokens.next_value();
    if (!value) return entries;
    if (*key == "machine") {
      close();
      open = NetrcEntry{.machine = lowered(*std::move(value)), .login = {}, .password = {}};
    } else if (*key == "login" || *key == "user") {
      if (open) open->login = *std::move(value);
    } else if (*key == "password") {
      if (open) open->password = *std::move(value);
      has_password = true;
    } else if (*key != "account") {
      return entries;
    }
  }
  close();
  return entries;
}

Url with_netrc_login(const Url& url, HostSystem& host) {
  if (url.has_credentials() || (url.scheme() != "https" && !(url.scheme() == "http" && is_this_machine(url.host())))) return url;
  const auto text = netrc_text(host);
  if (!text) return url;
  const std::vector<NetrcEntry> entries = parse_netrc(*text);
  const auto entry = std::ranges::find(entries, url.host(), &NetrcEntry::machine);
  if (entry == entries.end()) return url;
  return url.with_userinfo(fmt::format("{}:{}", percent_encode(entry->login), percent_encode(entry->password))).value_or(url);
}

}  // namespace torchup
