#pragma once
// The terms of one incompatibility, which nearly always are one or two: those stand in the list itself, and need no room elsewhere.

#include "resolver/pubgrub/term.hpp"

#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace torchup::pubgrub {

class TermList {
 public:
  using Entry = std::pair<PackageId, Term>;

  TermList(std::initializer_list<Entry> entries) : TermList(std::vector<Entry>(entries)) {}
  explicit TermList(std::vector<Entry> entries) : m_size(static_cast<std::uint32_t>(entries.size())) {
    if (m_size > m_few.size()) {
      entries.shrink_to_fit();
      m_many = std::make_unique<const std::vector<Entry>>(std::move(entries));
    } else {
      std::move(entries.begin(), entries.end(), m_few.begin());
    }
  }

  std::span<const Entry> entries() const { return {m_many ? m_many->data() : m_few.data(), m_size}; }
  auto begin() const { return entries().begin(); }
  auto end() const { return entries().end(); }
  std::size_t size() const { return m_size; }
  const Entry& operator[](std::size_t i) const { return entries()[i]; }

 private:
  static Entry nothing() { return {k_root, anything()}; }

  std::array<Entry, 2> m_few = {nothing(), nothing()};
  std::unique_ptr<const std::vector<Entry>> m_many;
  std::uint32_t m_size;
};

}  // namespace torchup::pubgrub
