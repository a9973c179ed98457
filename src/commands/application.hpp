#pragma once
// What a command may use: global options, the two output streams, and the real adapters, made when first asked for.
// Built by main alone.

#include "torchup/core/cancellation.hpp"
#include "torchup/resolver/variant.hpp"
#include "torchup/system/host_system.hpp"
#include "torchup/system/http_transport.hpp"

#include "src/configuration.hpp"
#include "src/ui/progress.hpp"
#include "src/ui/terminal.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace torchup {

struct GlobalOptions {
  bool json = false;
  bool quiet = false;
  int verbosity = 0;
  Choice colour = Choice::automatic;
  Choice progress = Choice::automatic;
  bool offline = false;
  bool explain = false;
  std::string cache_directory;  ///< Empty: TORCHUP_CACHE_DIR, then XDG's.
  std::string config;           ///< Empty: TORCHUP_CONFIG, then XDG's.
  std::string catalog;          ///< Empty: the one that the program carries.
  std::string host = "this";    ///< Or a folder written by `torchup probe --record`.
};

class Application {
 public:
  /// Finds folders and opens the host. A host folder, configuration or catalog that cannot be read is an error.
  static Result<std::unique_ptr<Application>> make(GlobalOptions options, const Cancellation& cancellation);

  const GlobalOptions& options() const { return m_options; }
  const Terminal& out() const { return m_out; }
  const Terminal& err() const { return m_err; }
  TerminalDiagnostics& diagnostics() { return *m_diagnostics; }
  const Cancellation& cancellation() const { return *m_cancellation; }

  HostSystem& host() { return *m_host; }            ///< The machine that is asked about: this one, or a recorded one.
  HostSystem& this_host() { return *m_this_host; }  ///< The machine that the program runs on.
  bool host_is_this() const { return m_options.host == "this"; }
  const Configuration& configuration() const { return m_configuration; }
  const VariantCatalog& catalog() const { return *m_catalog; }
  HttpTransport& transport();

  std::filesystem::path cache_directory() const { return m_cache; }
  std::filesystem::path store_directory() const { return m_cache / "store"; }
  std::filesystem::path ledger_file() const { return m_data / "ledger.db"; }

  /// Writes to stdout and ends the line; the live block on stderr is taken off first.
  void print(std::string_view text);

  /// Whether the user agrees: true with --yes or without a terminal to ask at.
  bool confirm(std::string_view question, bool yes);

  /// Whether somebody is at the terminal to answer a question.
  bool can_ask() const;

 private:
  Application(GlobalOptions options, const Cancellation& cancellation);

  GlobalOptions m_options;
  const Cancellation* m_cancellation;  // main's; outlives this
  Terminal m_out, m_err;
  std::unique_ptr<TerminalDiagnostics> m_diagnostics;
  std::unique_ptr<HostSystem> m_this_host, m_recorded_host;
  HostSystem* m_host = nullptr;  // one of the two above
  Status read_configuration(HostSystem& variables);
  Status read_stall_limit(HostSystem& variables);

  Configuration m_configuration;
  std::optional<VariantCatalog> m_own_catalog;
  const VariantCatalog* m_catalog = nullptr;
  std::unique_ptr<HttpTransport> m_transport;
  std::chrono::seconds m_stall_limit = HttpSettings{}.stall_limit;
  std::filesystem::path m_cache, m_data;
};

}  // namespace torchup
