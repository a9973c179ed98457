#pragma once
// The ledger as those who change environments write it. It is history, not truth: what is done goes on without it, and says so.

#include "torchup/core/diagnostics.hpp"

#include "src/record/ledger.hpp"

#include <filesystem>
#include <optional>

namespace torchup {

class Journal {
 public:
  /// `diagnostics` must outlive it.
  Journal(const std::filesystem::path& ledger, Diagnostics& diagnostics);

  /// Takes a step, a `Status(Ledger&)`; its failure is a warning.
  template <class Step>
  void write(Step step) {
    if (!m_ledger) return;
    if (const Status written = step(*m_ledger); !written) warn(written.error());
  }

 private:
  void warn(const Error& error);

  Diagnostics& m_diagnostics;
  std::optional<Ledger> m_ledger;
};

}  // namespace torchup
