#pragma once
// What one of several pieces of work says while they run side by side, kept until it is its turn: a reader gets one piece after the
// other. Used by lock_side_by_side.cpp.

#include "torchup/core/diagnostics.hpp"

#include <string>
#include <utility>
#include <vector>

namespace torchup {

class DeferredDiagnostics final : public Diagnostics {
 public:
  /// `to` must outlive it.
  explicit DeferredDiagnostics(Diagnostics& to) : m_to(to) {}

  void warn(std::string_view sentence) override { say(&Diagnostics::warn, sentence); }
  void note(std::string_view sentence) override { say(&Diagnostics::note, sentence); }
  void explain(std::string_view sentence) override { say(&Diagnostics::explain, sentence); }
  /// Shown at once: it is true only now.
  void progress(std::string_view piece, std::uint64_t done, std::uint64_t total) override { m_to.progress(piece, done, total); }

  /// Says what was kept, and everything from now on at once.
  void take_turn() {
    m_kept_back = false;
    for (const auto& [how, sentence] : std::exchange(m_said, {})) (m_to.*how)(sentence);
  }

 private:
  using Saying = void (Diagnostics::*)(std::string_view);

  void say(Saying how, std::string_view sentence) {
    if (m_kept_back)
      m_said.emplace_back(how, sentence);
    else
      (m_to.*how)(sentence);
  }

  Diagnostics& m_to;
  bool m_kept_back = true;
  std::vector<std::pair<Saying, std::string>> m_said;
};

}  // namespace torchup
