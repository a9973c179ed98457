#pragma once
// A ledger in a fresh folder with a clock that stands still, and what was said while it worked. For the ledger's tests.

#include "src/record/ledger.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace torchup::test {

inline constexpr const char* k_environment = "/srv/train/.venv";

inline InstalledPackage package(const std::string& name, const std::string& version) {
  return {PackageName::parse(name).value(),           Version::parse(version).value(),       Sha256::parse(std::string(64, 'a')).value(),
          name + "-" + version + "-py3-none-any.whl", "https://index.example/files/" + name, "https://index.example/simple/"};
}

class RecordedDiagnostics final : public Diagnostics {
 public:
  void warn(std::string_view sentence) override { warnings.emplace_back(sentence); }
  void note(std::string_view sentence) override { notes.emplace_back(sentence); }
  void explain(std::string_view) override {}
  void progress(std::string_view, std::uint64_t, std::uint64_t) override {}

  std::vector<std::string> warnings, notes;
};

struct LedgerFixture {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "state" / "ledger.db";
  RecordedDiagnostics diagnostics;
  std::chrono::sys_seconds now{std::chrono::seconds(1'764'000'000)};  // 2025-11-24T16:00:00Z

  Result<Ledger> try_open() {
    return Ledger::open(path, diagnostics, [this] { return now; });
  }

  Ledger open() {
    Result<Ledger> ledger = try_open();
    REQUIRE(ledger);
    return *std::move(ledger);
  }

  /// A whole install of one package.
  void install(Ledger& ledger, unsigned generation) {
    const auto operation = ledger.begin_operation(k_environment, generation, "install", {"six"});
    REQUIRE(operation);
    REQUIRE(ledger.record_install(k_environment, generation, {package("six", "1.17.0")}, "", {}));
    REQUIRE(ledger.finish_operation(*operation));
  }

  /// "2 active, 1 kept": every generation, newest first.
  std::string states(const Ledger& ledger) {
    const auto history = ledger.history(std::nullopt);
    REQUIRE(history);
    std::string text;
    for (const HistoryEntry& entry : *history) {
      text += (text.empty() ? "" : ", ") + std::to_string(entry.generation) + " " + state_name(entry.state);
    }
    return text;
  }
};

}  // namespace torchup::test
