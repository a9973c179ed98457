#include "src/lock_side_by_side.hpp"

#include "src/deferred_diagnostics.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace torchup {
namespace {

Ports with_diagnostics(const Ports& ports, Diagnostics& diagnostics) {
  return {ports.host,   ports.this_host, ports.transport, ports.catalog, ports.configuration, ports.cache,
          ports.ledger, ports.self,      ports.offline,   diagnostics,   ports.cancellation,  ports.index_cache};
}

/// One target's way to its lock.
struct Course {
  Course(const Ports& whole, std::string its_name)
      : name(std::move(its_name)), said(whole.diagnostics), ports(with_diagnostics(whole, said)) {}

  std::string name;
  DeferredDiagnostics said;
  Ports ports;
  LockSteps steps = {};
  std::optional<Result<LockOutcome>> end = {};
};

class SideBySide {
 public:
  SideBySide(const Ports& ports, const LockWish& wish, IndexClient& client) : m_ports(ports), m_wish(wish), m_client(client) {}

  Result<std::variant<std::vector<Locked>, Explanation>> run(std::vector<NamedTarget> targets) {
    for (NamedTarget& target : targets) begin(std::move(target));
    m_courses.front()->said.take_turn();
    for (;;) {
      for (std::size_t i = m_turn; i < m_courses.size(); ++i) go_on(i);
      pass_the_turn();
      if (m_turn == m_courses.size()) return together();
      TORCHUP_TRY(m_client.drive());
    }
  }

 private:
  void begin(NamedTarget target) {
    if (!m_courses.empty() && m_courses.back()->end) return;  // nothing behind a failure matters
    Course& course = *m_courses.emplace_back(std::make_unique<Course>(m_ports, std::move(target.name)));
    course.said.note("locking for " + course.name);
    auto steps = begin_lock(course.ports, m_wish, std::move(target.target), m_client);
    if (steps)
      course.steps = *std::move(steps);
    else
      course.end = failure(std::move(steps).error());
  }

  void go_on(std::size_t number) {
    Course& course = *m_courses[number];
    if (course.end) return;
    auto outcome = course.steps();
    if (outcome && !*outcome) return;
    course.steps = {};  // and all that it held
    const bool good = outcome && std::holds_alternative<Locked>(**outcome);
    course.end = outcome ? Result<LockOutcome>(**std::move(outcome)) : failure(std::move(outcome).error());
    if (!good) m_courses.resize(number + 1);
  }

  void pass_the_turn() {
    while (m_turn < m_courses.size() && m_courses[m_turn]->end) {
      ++m_turn;
      if (m_turn < m_courses.size()) m_courses[m_turn]->said.take_turn();
    }
  }

  Result<std::variant<std::vector<Locked>, Explanation>> together() {
    std::vector<Locked> locks;
    for (const auto& course : m_courses) {
      TORCHUP_TRY_ASSIGN(LockOutcome outcome, with_context(*std::move(course->end), "while locking for " + course->name));
      if (auto* explanation = std::get_if<Explanation>(&outcome)) {
        explanation->text = fmt::format("for {}:\n{}", course->name, explanation->text);
        return std::move(*explanation);
      }
      locks.push_back(std::get<Locked>(std::move(outcome)));
    }
    return locks;
  }

  const Ports& m_ports;
  const LockWish& m_wish;
  IndexClient& m_client;
  std::vector<std::unique_ptr<Course>> m_courses;
  std::size_t m_turn = 0;  // the first that has no end yet: the one that may speak
};

}  // namespace

Result<std::variant<std::vector<Locked>, Explanation>> lock_side_by_side(const Ports& ports, const LockWish& wish,
                                                                         std::vector<NamedTarget> targets, IndexClient& client) {
  return SideBySide(ports, wish, client).run(std::move(targets));
}

}  // namespace torchup
