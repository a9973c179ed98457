#include "torchup/core/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace torchup {
namespace {

constexpr std::size_t k_longest = 8192;

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "https") return 443;
  return scheme == "http" ? 80 : 0;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 32);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// RFC 3986 section 5.2.4: removes `.` and `..` segments.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_in_slash = true;
  for (std::size_t at = 1; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto segment = path.substr(at, end - at);
    ends_in_slash = end == path.size() ? segment.empty() || segment == "." || segment == ".." : false;
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segment != "." && !(segment.empty() && end == path.size())) {
      kept.push_back(segment);
    }
    at = end + 1;
  }
  std::string result;
  for (const auto segment : kept) result.append("/").append(segment);
  if (ends_in_slash || result.empty()) result += '/';
  return result;
}

/// RFC 3986 section 3.2.2: an IPv6 address in brackets, perhaps with a zone (RFC 6874), or a name. Only its form is looked at;
/// bytes beyond ASCII are left to the transport.
bool is_host(std::string_view host) {
  const auto among = [](std::string_view allowed) { return [allowed](char c) { return allowed.find(c) != std::string_view::npos; }; };
  if (!host.starts_with('[')) {
    return std::none_of(host.begin(), host.end(), among("[]:@%<>\"^`{|}"));
  }
  if (!host.ends_with(']')) return false;
  host = host.substr(1, host.size() - 2);
  const auto zone = std::min(host.find("%25"), host.size());
  const auto address = host.substr(0, zone);
  const bool formed = std::all_of(address.begin(), address.end(), among("0123456789abcdef:."));
  const auto name = host.substr(std::min(zone + 3, host.size()));
  return formed && address.find(':') != std::string_view::npos && (zone == host.size() || !name.empty()) &&
         std::none_of(name.begin(), name.end(), among("[]:@%<>\"^`{|}"));
}

/// Where the text was wrong is not said by quoting it: it may hold a password.
tl::unexpected<Error> refuse(std::string_view why) {
  return failure({ErrorKind::usage, fmt::format("the URL is not valid: {}", why), {}, {"write it as `https://host/path`"}});
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > k_longest) return refuse(fmt::format("it is longer than {} bytes", k_longest));
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127 || c == '\\'; })) {
    return refuse("it holds a space, a backslash or a control character");
  }
  Url url;
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    url.m_fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return refuse("it has no scheme");
  url.m_scheme = lower(text.substr(0, colon));
  if (url.m_scheme != "http" && url.m_scheme != "https" && url.m_scheme != "file") {
    return refuse(fmt::format("the scheme `{}` is not http, https or file", url.m_scheme));
  }
  text = text.substr(colon + 3);
  const auto authority_end = std::min(text.find_first_of("/?"), text.size());
  auto authority = text.substr(0, authority_end);
  text = text.substr(authority_end);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    url.m_userinfo = authority.substr(0, at);
    authority = authority.substr(at + 1);
  }
  url.m_port = default_port(url.m_scheme);
  const auto bracket = authority.rfind(']');
  if (const auto port_at = authority.rfind(':');
      port_at != std::string_view::npos && (bracket == std::string_view::npos || port_at > bracket)) {
    const auto digits = authority.substr(port_at + 1);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), url.m_port);
    if (problem != std::errc{} || end != digits.data() + digits.size() || url.m_port == 0)
      return refuse(fmt::format("`{}` is not a port", digits));
    authority = authority.substr(0, port_at);
  }
  url.m_host = lower(authority);
  if (url.m_scheme == "file" ? !url.m_host.empty() : url.m_host.empty()) return refuse("the host is missing, or a file URL names one");
  if (!is_host(url.m_host)) return refuse("its host is neither a name nor an address");
  if (const auto question = text.find('?'); question != std::string_view::npos) {
    url.m_query = text.substr(question + 1);
    text = text.substr(0, question);
  }
  url.m_path = text.empty() ? "/" : std::string(text);
  return url;
}

Result<Url> Url::join(std::string_view reference) const {
  if (const auto colon = reference.find("://"); colon != std::string_view::npos && reference.find_first_of("/?#") > colon)
    return parse(reference);
  if (reference.starts_with("//")) return parse(fmt::format("{}:{}", m_scheme, reference));
  std::string_view rest = reference;
  Url url = *this;
  url.m_fragment.clear();
  if (const auto hash = rest.find('#'); hash != std::string_view::npos) {
    url.m_fragment = rest.substr(hash + 1);
    rest = rest.substr(0, hash);
  }
  if (rest.empty()) return url;
  url.m_query.clear();
  if (const auto question = rest.find('?'); question != std::string_view::npos) {
    url.m_query = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  if (rest.starts_with('/')) {
    url.m_path = without_dots(rest);
  } else if (!rest.empty()) {
    url.m_path = without_dots(m_path.substr(0, m_path.rfind('/') + 1) + std::string(rest));
  }
  // Through `parse` again, so that a joined URL keeps every rule of a written one.
  const auto fragment = url.m_fragment;
  auto checked = parse(url.text());
  if (!checked) return checked;
  checked->m_userinfo = m_userinfo;
  checked->m_fragment = fragment;
  return checked;
}

// RFC 3986, section 5.2.4: "/./" is taken off, and what stands behind it is no authority.
Result<Url> Url::with_path(std::string_view path) const { return join(fmt::format("/.{}", path)); }

Result<Url> Url::with_userinfo(std::string_view userinfo) const {
  std::string with = text();
  if (!userinfo.empty()) with.insert(with.find("://") + 3, fmt::format("{}@", userinfo));
  if (!m_fragment.empty()) with += "#" + m_fragment;
  return parse(with);
}

std::string Url::filename() const { return percent_decode(std::string_view(m_path).substr(m_path.rfind('/') + 1)); }

std::string Url::text() const {
  std::string text = m_scheme + "://" + m_host;
  if (m_port != default_port(m_scheme)) text += fmt::format(":{}", m_port);
  text += m_path;
  if (!m_query.empty()) text += "?" + m_query;
  return text;
}

bool Url::same_origin(const Url& other) const { return m_scheme == other.m_scheme && m_host == other.m_host && m_port == other.m_port; }

std::string percent_encode(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '~';
    result += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

std::string percent_decode(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      result += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace torchup
