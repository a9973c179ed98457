#include "src/commands/application.hpp"

#include "torchup/core/error.hpp"

#include "src/commands/files.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <iostream>
#include <unistd.h>

namespace torchup {
namespace {

/// XDG Base Directory Specification: the variable if it holds an absolute path, else the folder below HOME.
std::filesystem::path xdg(HostSystem& host, const char* variable, const char* below_home) {
  if (const auto told = host.environment(variable); told && std::filesystem::path(*told).is_absolute()) return *told;
  return std::filesystem::path(host.environment("HOME").value_or("/tmp")) / below_home;
}

}  // namespace

Application::Application(GlobalOptions options, const Cancellation& cancellation)
    : m_options(std::move(options)),
      m_cancellation(&cancellation),
      m_out(Terminal::of(STDOUT_FILENO, m_options.colour)),
      m_err(Terminal::of(STDERR_FILENO, m_options.colour)) {}

Result<std::unique_ptr<Application>> Application::make(GlobalOptions options, const Cancellation& cancellation) {
  std::unique_ptr<Application> application(new Application(std::move(options), cancellation));
  const auto variables = make_posix_host_system();
  auto& set = application->m_options;
  if (variables->environment("TORCHUP_OFFLINE")) set.offline = true;
  application->m_diagnostics = std::make_unique<TerminalDiagnostics>(
      stderr, application->m_err,
      DiagnosticsSettings{set.progress, set.quiet, set.verbosity, set.explain, variables->environment("CI").has_value()});

  TORCHUP_TRY(application->read_configuration(*variables));
  TORCHUP_TRY(application->read_stall_limit(*variables));
  std::string cache = set.cache_directory.empty() ? variables->environment("TORCHUP_CACHE_DIR").value_or("") : set.cache_directory;
  if (cache.empty()) cache = application->m_configuration.cache.string();
  application->m_cache = cache.empty() ? xdg(*variables, "XDG_CACHE_HOME", ".cache") / "torchup" : std::filesystem::absolute(cache);
  const std::string shared = variables->environment("TORCHUP_SHARED_CACHE").value_or("");
  if (!shared.empty()) application->m_configuration.shared_cache = std::filesystem::absolute(shared);
  application->m_data = xdg(*variables, "XDG_DATA_HOME", ".local/share") / "torchup";

  application->m_this_host = make_posix_host_system(application->m_cache / "programs");
  application->m_host = application->m_this_host.get();
  if (!application->host_is_this()) {
    TORCHUP_TRY_ASSIGN(application->m_recorded_host, with_context(open_recorded_host_system(set.host), "while reading --host"));
    application->m_host = application->m_recorded_host.get();
  }
  application->m_catalog = &VariantCatalog::built_in();
  if (!set.catalog.empty()) {
    TORCHUP_TRY_ASSIGN(const std::string text, read_text_file(set.catalog));
    TORCHUP_TRY_ASSIGN(application->m_own_catalog,
                       with_context(VariantCatalog::parse(text), fmt::format("while reading the catalog `{}`", set.catalog)));
    application->m_catalog = &*application->m_own_catalog;
  }
  return application;
}

/// A file that the user names must be there; the one at its usual place may be missing.
Status Application::read_configuration(HostSystem& variables) {
  std::filesystem::path path = m_options.config.empty() ? variables.environment("TORCHUP_CONFIG").value_or("") : m_options.config;
  if (path.empty()) {
    path = xdg(variables, "XDG_CONFIG_HOME", ".config") / "torchup" / "config.toml";
    if (!std::filesystem::exists(path)) return {};
  }
  path = std::filesystem::absolute(path);
  TORCHUP_TRY_ASSIGN(const std::string text, with_context(read_text_file(path), "while reading the configuration"));
  TORCHUP_TRY_ASSIGN(m_configuration, parse_configuration(text, path, *m_diagnostics));
  return {};
}

Status Application::read_stall_limit(HostSystem& variables) {
  constexpr unsigned k_longest = 3600;
  const auto text = variables.environment("TORCHUP_STALL_SECONDS");
  if (!text) return {};
  unsigned seconds = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (problem != std::errc{} || end != text->data() + text->size() || seconds == 0 || seconds > k_longest) {
    return failure(
        {ErrorKind::usage, fmt::format("TORCHUP_STALL_SECONDS is `{}`, and must be a number from 1 to {}", *text, k_longest), {}, {}});
  }
  m_stall_limit = std::chrono::seconds(seconds);
  return {};
}

HttpTransport& Application::transport() {
  if (!m_transport)
    m_transport = make_curl_transport({.user_agent = "torchup/" TORCHUP_VERSION, .stall_limit = m_stall_limit}, *m_cancellation);
  return *m_transport;
}

void Application::print(std::string_view text) {
  m_diagnostics->clear();
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (text.empty() || text.back() != '\n') std::fputc('\n', stdout);
}

bool Application::confirm(std::string_view question, bool yes) {
  if (yes || m_options.json || ::isatty(STDIN_FILENO) == 0 || !m_err.interactive()) return true;
  m_diagnostics->clear();
  std::fprintf(stderr, "%s [y/N] ", std::string(question).c_str());
  std::string answer;
  return std::getline(std::cin, answer) && (answer == "y" || answer == "Y" || answer == "yes");
}

}  // namespace torchup
