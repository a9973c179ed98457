#include "src/journal.hpp"

#include <fmt/format.h>

namespace torchup {

Journal::Journal(const std::filesystem::path& ledger, Diagnostics& diagnostics) : m_diagnostics(diagnostics) {
  auto opened = Ledger::open(ledger, diagnostics);
  if (opened)
    m_ledger.emplace(std::move(*opened));
  else
    warn(opened.error());
}

void Journal::warn(const Error& error) { m_diagnostics.warn(fmt::format("this is not recorded in the history: {}", error.message)); }

}  // namespace torchup
