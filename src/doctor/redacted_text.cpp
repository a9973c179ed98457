#include "torchup/doctor/report.hpp"

#include <algorithm>
#include <array>

namespace torchup {
namespace {

constexpr const char* k_hidden = "***";

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; }

/// scheme://user:password@host becomes scheme://***@host.
std::string without_userinfo(std::string text) {
  for (auto at = text.find("://"); at != std::string::npos; at = text.find("://", at + 1)) {
    const auto start = at + 3;
    const auto end = std::min(text.find_first_of("/?# \n\"'", start), text.size());
    const auto sign = std::string_view(text).substr(start, end - start).rfind('@');
    if (sign != std::string_view::npos) text.replace(start, sign, k_hidden);
  }
  return text;
}

/// `user:password@host` of a proxy that is named without a scheme becomes `***@host`.
std::string without_bare_userinfo(std::string text) {
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    const auto before = text.find_last_of(" \t\n\"'=,;/", at);
    const auto start = before == std::string::npos ? 0 : before + 1;
    if (std::string_view(text).substr(start, at - start).find(':') == std::string_view::npos) continue;
    text.replace(start, at - start, k_hidden);
    at = start + std::string_view(k_hidden).size();
  }
  return text;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// What follows `token=`, `password=`, … up to the next separator.
std::string without_named_secrets(std::string text) {
  constexpr std::array<std::string_view, 11> k_names = {
      "token=", "password=", "passwd=", "pwd=", "secret=", "api_key=", "apikey=", "api-key=", "access_key=", "bearer ", "basic "};
  std::string folded = lower(text);
  for (const std::string_view name : k_names) {
    for (auto at = folded.find(name); at != std::string::npos; at = folded.find(name, at + name.size())) {
      const auto start = at + name.size();
      const auto end = std::min(text.find_first_of("& \n\"';,", start), text.size());
      text.replace(start, end - start, k_hidden);
      folded.replace(start, end - start, k_hidden);
    }
  }
  return text;
}

/// Tokens that are known by their beginning, wherever they stand.
std::string without_tokens(std::string text) {
  constexpr std::array<std::string_view, 9> k_beginnings = {"ghp_",  "gho_", "github_pat_", "hf_",  "glpat-",
                                                            "pypi-", "sk-",  "AKIA",        "xoxb-"};
  constexpr std::size_t k_shortest = 16;
  for (const std::string_view beginning : k_beginnings) {
    for (auto at = text.find(beginning); at != std::string::npos; at = text.find(beginning, at + 1)) {
      if (at > 0 && is_word(text[at - 1])) continue;
      std::size_t end = at;
      while (end < text.size() && is_word(text[end])) ++end;
      if (end - at >= k_shortest) text.replace(at, end - at, k_hidden);
    }
  }
  return text;
}

std::string without_home(std::string text, const std::string& home) {
  if (home.size() < 2) return text;
  for (auto at = text.find(home); at != std::string::npos; at = text.find(home, at + 1)) {
    const auto end = at + home.size();
    if (end < text.size() && is_word(text[end])) continue;  // another folder that begins alike
    text.replace(at, home.size(), "~");
  }
  return text;
}

}  // namespace

std::string redacted_text(std::string_view text, const std::string& home) {
  return without_home(without_tokens(without_named_secrets(without_bare_userinfo(without_userinfo(std::string(text))))), home);
}

}  // namespace torchup
