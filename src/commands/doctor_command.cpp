// torchup doctor: every known cause of a broken set-up, the evidence, the remedy.

#include "torchup/doctor/doctor.hpp"

#include "src/commands/command.hpp"
#include "src/commands/doctor_input.hpp"
#include "src/commands/environment_options.hpp"
#include "src/commands/print_doctor.hpp"
#include "src/commands/remake_environment.hpp"
#include "src/host_python.hpp"
#include "src/ui/json_output.hpp"
#include "src/ui/printable.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace torchup {
namespace {

struct Options {
  std::string env;
  std::vector<std::string> checks;
  bool list = false, fix = false, yes = false;
};

struct Healed {
  std::vector<std::string> done, refused;
};

/// Everything that one examination looks at, and what it found.
class Practice {
 public:
  Practice(Application& application, const Options& options) : m_application(application), m_options(options) {}

  Result<int> run() {
    TORCHUP_TRY_ASSIGN(m_checks, choose_checks(m_options.checks));
    TORCHUP_TRY_ASSIGN(std::vector<Examination> found, examine_now());
    std::optional<Healed> healed;
    if (m_options.fix) {
      if (!m_application.options().json) m_application.print(doctor_text(found, verbose(), m_application.out()));
      TORCHUP_TRY_ASSIGN(healed, heal(found));
      if (!healed->done.empty()) {
        TORCHUP_TRY_ASSIGN(found, examine_now());
      }
    }
    if (m_application.options().json) {
      print_json(found, healed);
    } else if (!healed || !healed->done.empty()) {
      m_application.print(doctor_text(found, verbose(), m_application.out()));
    }
    const bool wrong = std::ranges::any_of(
        found, [](const Examination& one) { return worst_of(one.report.findings).value_or(Severity::note) > Severity::note; });
    return wrong ? 1 : 0;
  }

 private:
  bool verbose() const { return m_application.options().verbosity > 0; }

  bool asks_network() const {
    return !m_application.options().offline && m_application.host_is_this() &&
           std::ranges::any_of(m_checks, [](const DoctorCheck* check) { return needs(check->needs, CheckNeeds::network); });
  }

  Result<std::vector<Examination>> examine_now() {
    const bool looks_here = m_application.host_is_this() || !m_options.env.empty();
    m_environment.reset();
    if (looks_here) {
      TORCHUP_TRY_ASSIGN(m_environment, examined_environment(m_application, m_options.env));
    }
    const HostFacts facts = probe_host_alone(m_application.host());
    std::vector<std::string> problems;
    const auto indexes = asks_network() ? doctor_indexes(m_application, problems) : std::vector<DoctorIndex>{};
    const DoctorInput input{.facts = facts,
                            .host = m_application.host(),
                            .this_host = m_application.this_host(),
                            .host_is_this = m_application.host_is_this(),
                            .environment = m_environment ? &*m_environment : nullptr,
                            .places = doctor_places(m_application),
                            .catalog = m_application.catalog(),
                            .transport = asks_network() ? &m_application.transport() : nullptr,
                            .indexes = indexes,
                            .index_problems = problems,
                            .now = std::chrono::system_clock::now(),
                            .healthy_host = m_environment ? healthy_host(m_application, m_environment->root) : std::nullopt,
                            .cancellation = m_application.cancellation()};
    return examine(m_checks, input);
  }

  /// One fix may end several findings, and is done once.
  Result<Healed> heal(const std::vector<Examination>& examinations) {
    Healed healed;
    std::set<std::string> asked;
    for (const Examination& examination : examinations) {
      for (const DoctorFinding& finding : examination.report.findings) {
        if (!finding.fix) continue;
        const std::string what = fix_text(*finding.fix);
        if (!asked.insert(what).second) continue;
        // What is changed is asked for first; where nobody can be asked, --yes is the answer.
        if (!m_options.yes && !m_application.can_ask()) {
          healed.refused.push_back(what + ": --yes was not given, and nobody can be asked");
          continue;
        }
        if (!m_application.confirm(fmt::format("{}: {}?", finding.id, what), m_options.yes)) continue;
        TORCHUP_TRY(m_application.cancellation().check());
        if (const Status done = carry_out(*finding.fix)) {
          healed.done.push_back(what);
        } else {
          healed.refused.push_back(done.error().message);
          m_application.diagnostics().warn(done.error().message);
        }
      }
    }
    if (!m_application.options().json) print_healed(healed, asked.empty());
    return healed;
  }

  Status carry_out(const Fix& fix) {
    if (fix.kind != Fix::Kind::new_generation) return apply_fix(fix);
    return remake_environment(m_application, fix.path).map([](unsigned) {});
  }

  void print_healed(const Healed& healed, bool none) {
    std::string text = none ? "there is nothing that --fix can end safely\n" : "";
    for (const std::string& what : healed.done) text += "fixed: " + printable(what) + "\n";
    for (const std::string& why : healed.refused) text += "not fixed: " + printable(why) + "\n";
    m_application.print(text);
  }

  void print_json(const std::vector<Examination>& found, const std::optional<Healed>& healed) {
    auto document = new_document();
    document["environment"] = m_environment ? nlohmann::ordered_json(m_environment->root.string()) : nlohmann::ordered_json(nullptr);
    add_doctor_json(document, found);
    if (healed) document["fixes"] = {{"done", healed->done}, {"refused", healed->refused}};
    m_application.print(json_document(document));
  }

  Application& m_application;
  const Options& m_options;
  std::vector<const DoctorCheck*> m_checks;
  std::optional<InstalledEnvironment> m_environment;
};

Result<int> list_checks(Application& application) {
  if (application.options().json) {
    auto document = new_document();
    add_check_list_json(document);
    application.print(json_document(document));
  } else {
    application.print(check_list_text(application.out()));
  }
  return 0;
}

Action define(Parser& parser) {
  auto options = std::make_shared<Options>();
  parser.argument({"checks", "CHECK", "Only these checks, by their names or the ids of their findings"}, options->checks);
  parser.flag("--list", options->list, "List the checks and the findings that they can give");
  parser.flag("--fix", options->fix, "Carry out the fixes that lose nothing, after asking");
  parser.option(k_env_option, options->env);
  parser.flag("-y,--yes", options->yes, "Do not ask");
  return [options](Application& application) { return options->list ? list_checks(application) : Practice(application, *options).run(); };
}

}  // namespace

extern const Command doctor_command;
const Command doctor_command{"doctor", "Look for every known cause of a broken set-up", define};

}  // namespace torchup
