#include "src/index/judged_page.hpp"

#include "torchup/system/hash.hpp"

#include "src/index/offers_text.hpp"

#include <algorithm>
#include <cstring>

namespace torchup {
namespace {

void add_number(std::string& bytes, std::uint64_t value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }

std::optional<std::uint64_t> take_number(std::string_view& bytes) {
  std::uint64_t value = 0;
  if (bytes.size() < sizeof value) return std::nullopt;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

}  // namespace

void RuleSet::add(const IdentifiedRules& rules) {
  if (contains(rules.identity)) return;
  m_rules.push_back(std::make_shared<const IdentifiedRules>(rules));
  const std::string text = m_identity + rules.identity;
  m_identity = m_rules.size() == 1 ? rules.identity : sha256(std::as_bytes(std::span(text))).hex();
}

bool RuleSet::contains(const std::string& identity) const {
  return std::any_of(m_rules.begin(), m_rules.end(), [&](const auto& one) { return one->identity == identity; });
}

std::string print_judged_page(const JudgedPage& judged) {
  std::string bytes;
  for (const std::size_t place : judged.of_rules) add_number(bytes, place);
  for (const auto& offers : judged.meanings) {
    const std::string printed = print_offers(offers);
    add_number(bytes, printed.size());
    bytes += printed;
  }
  return bytes;
}

std::optional<JudgedPage> parse_judged_page(std::string_view bytes, std::size_t rules, const Url& index) {
  JudgedPage judged;
  for (std::size_t i = 0; i < rules; ++i) {
    const auto place = take_number(bytes);
    if (!place || *place >= rules) return std::nullopt;
    judged.of_rules.push_back(*place);
  }
  while (!bytes.empty()) {
    const auto length = take_number(bytes);
    if (!length || *length > bytes.size()) return std::nullopt;
    auto offers = parse_offers(std::string(bytes.substr(0, *length)), index);
    if (!offers) return std::nullopt;
    judged.meanings.push_back(*std::move(offers));
    bytes.remove_prefix(*length);
  }
  const auto is_there = [&](std::size_t place) { return place < judged.meanings.size(); };
  if (!std::all_of(judged.of_rules.begin(), judged.of_rules.end(), is_there)) return std::nullopt;
  return judged;
}

}  // namespace torchup
