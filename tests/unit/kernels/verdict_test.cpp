#include "torchup/kernels/verdict.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>

using namespace torchup;

namespace {

/// Pairs as a machine gives them: each launch a little beside the truth, each pair beside its launch, and some pairs far off.
struct Machine {
  double launch_scatter = 0.01, pair_scatter = 0.02, disturbed = 0.05;
  std::mt19937_64 random{1};

  PairedLaunches pairs(double change, std::size_t launches = 5, std::size_t count = 15) {
    std::normal_distribution<double> of_launch(std::log1p(change), launch_scatter), of_pair(0, pair_scatter);
    std::uniform_real_distribution<double> chance(0, 1);
    PairedLaunches result(launches);
    for (auto& launch : result) {
      const double center = of_launch(random);
      for (std::size_t i = 0; i < count; ++i) {
        launch.push_back(center + of_pair(random) + (chance(random) < disturbed ? (chance(random) < 0.5 ? 0.7 : -0.7) : 0));
      }
    }
    return result;
  }

  PairedEvidence evidence(double change) { return {"matmul", "512x512", "torch-c", pairs(change), pairs(0), ""}; }
};

std::size_t count_of(VerdictKind kind, double change, int runs, Machine machine = {}) {
  std::size_t count = 0;
  for (int run = 0; run < runs; ++run) count += judge({machine.evidence(change)}, {.resamples = 600}).front().kind == kind ? 1 : 0;
  return count;
}

PairedEvidence exact(double log_ratio) {
  return {
      "matmul", "512x512", "torch-c", PairedLaunches(5, std::vector<double>(7, log_ratio)), PairedLaunches(5, std::vector<double>(7, 0)),
      ""};
}

PairedLaunches mirrored(PairedLaunches launches) {
  for (auto& launch : launches) {
    for (double& pair : launch) pair = -pair;
  }
  return launches;
}

}  // namespace

TEST_CASE("no change is invented where there is none") {
  CHECK(count_of(VerdictKind::regressed, 0, 300) == 0);
  CHECK(count_of(VerdictKind::improved, 0, 300) == 0);
  CHECK(count_of(VerdictKind::same, 0, 300) >= 295);
}

TEST_CASE("a tenth more time is found, and a tenth less") {
  CHECK(count_of(VerdictKind::regressed, 0.10, 200) >= 190);
  CHECK(count_of(VerdictKind::improved, -0.10, 200) >= 190);
  CHECK(count_of(VerdictKind::same, 0.10, 200) == 0);
}

TEST_CASE("a machine that scatters by more than the gate gives no verdict, with that reason") {
  Machine machine{.launch_scatter = 0.08};
  const Verdict verdict = judge({machine.evidence(0)}).front();
  CHECK(verdict.kind == VerdictKind::inconclusive);
  CHECK(verdict.reason.find("the same code scatters by ") == 0);
  CHECK(count_of(VerdictKind::regressed, 0, 300, machine) == 0);
}

TEST_CASE("the interval holds the truth about as often as it says") {
  Machine machine;
  int held = 0;
  constexpr int runs = 300;
  for (int run = 0; run < runs; ++run) {
    const PairedEstimate estimate = estimate_pairs(machine.pairs(0.03, 9), 800, 7);
    held += estimate.interval.low <= std::log1p(0.03) && std::log1p(0.03) <= estimate.interval.high ? 1 : 0;
  }
  CHECK(held > runs * 88 / 100);
  CHECK(held < runs);
}

TEST_CASE("few launches that agree do not hide that launches differ") {
  // Pairs that are all equal within a launch: resampling pairs alone would give an interval of no width.
  const PairedLaunches launches{std::vector<double>(20, 0.00), std::vector<double>(20, 0.10), std::vector<double>(20, 0.02)};
  const PairedEstimate estimate = estimate_pairs(launches, 2000, 3);
  CHECK(estimate.log_ratio == Approx(0.02));
  CHECK(estimate.interval.low == Approx(0.00));
  CHECK(estimate.interval.high == Approx(0.10));
}

TEST_CASE("a verdict depends on the pairs alone") {
  Machine machine;
  const PairedEvidence evidence = machine.evidence(0.02);
  CHECK(judge({evidence}) == judge({evidence}));

  PairedEvidence turned = evidence;
  turned.pairs = mirrored(turned.pairs);
  const Verdict one = judge({evidence}).front(), other = judge({turned}).front();
  CHECK((1 + one.change) * (1 + other.change) == Approx(1));
}

TEST_CASE("exact changes stand on the right side of each border") {
  const auto kind = [](double change) { return judge({exact(std::log1p(change))}).front().kind; };
  CHECK(kind(0) == VerdictKind::same);
  CHECK(kind(0.0499) == VerdictKind::same);
  CHECK(kind(0.0501) == VerdictKind::regressed);
  CHECK(kind(-0.04) == VerdictKind::same);
  CHECK(kind(-0.06) == VerdictKind::improved);
  CHECK(judge({exact(std::log(1.08))}, {.gate = 0.10}).front().kind == VerdictKind::same);
  CHECK(judge({exact(std::log(1.08))}).front().change == Approx(0.08));
}

TEST_CASE("a change has to exceed three times the noise") {
  PairedEvidence evidence = exact(std::log(1.07));
  evidence.control = PairedLaunches(5, std::vector<double>(7, 0.03));
  const Verdict verdict = judge({evidence}).front();
  CHECK(verdict.kind == VerdictKind::inconclusive);
  CHECK(verdict.reason == "the same code scatters by 3.0 % here, so that changes below 9.4 % do not show");
  evidence.control = PairedLaunches(5, std::vector<double>(7, 0.02));
  CHECK(judge({evidence}).front().kind == VerdictKind::regressed);
}

TEST_CASE("too little evidence is inconclusive, and says what was missing") {
  PairedEvidence evidence = exact(0.2);
  evidence.pairs.resize(2);
  evidence.pairs.push_back({0.2, 0.2});
  const Verdict verdict = judge({evidence}).front();
  CHECK(verdict.kind == VerdictKind::inconclusive);
  CHECK(verdict.reason == "2 of 3 launches gave 5 pairs or more, 3 are needed");
  evidence.pairs.clear();
  CHECK(judge({evidence}).front().kind == VerdictKind::inconclusive);
}

TEST_CASE("sides that cannot be compared are not, whatever their times") {
  PairedEvidence evidence = exact(0.5);
  evidence.incomparable = "the old torch has no eigh";
  const Verdict verdict = judge({evidence}).front();
  CHECK(verdict.kind == VerdictKind::not_comparable);
  CHECK(verdict.reason == "the old torch has no eigh");
  CHECK(verdict.change == 0);
}

TEST_CASE("Holm takes the smallest first and stops at the first that fails") {
  CHECK(holm({0.01, 0.04, 0.03, 0.005}, 0.05) == std::vector<bool>{true, false, false, true});
  CHECK(holm({0.04}, 0.05) == std::vector<bool>{true});
  CHECK(holm({0.04, 0.04}, 0.05) == std::vector<bool>{false, false});
  CHECK(holm({}, 0.05).empty());
}

TEST_CASE("one doubtful operation among many is not enough") {
  // Of three launches one lies below the gate: alone its interval may pass, among ten operations it must not.
  PairedEvidence doubtful = exact(std::log(1.2));
  doubtful.pairs = PairedLaunches(6, std::vector<double>(7, std::log(1.2)));
  doubtful.pairs[0] = std::vector<double>(7, 0);
  const auto alone = judge({doubtful}).front();
  CHECK(alone.kind == VerdictKind::regressed);
  std::vector<PairedEvidence> many(60, doubtful);
  const auto among = judge(many).front();
  CHECK(among.kind == VerdictKind::inconclusive);
  CHECK(among.reason == "the change is not significant among so many operations");
}

TEST_CASE("history is judged by ratios, with a floor of 7 %") {
  const RelativeTime before{1.00, {0.99, 1.01}};
  CHECK(judge_relative(before, {1.03, {1.02, 1.04}}).kind == VerdictKind::same);
  CHECK(judge_relative(before, {1.15, {1.13, 1.17}}).kind == VerdictKind::regressed);
  CHECK(judge_relative(before, {0.85, {0.84, 0.86}}).kind == VerdictKind::improved);
  const Verdict doubtful = judge_relative(before, {1.08, {1.06, 1.10}});
  CHECK(doubtful.kind == VerdictKind::inconclusive);
  CHECK(doubtful.reason == "the interval reaches across the 7 % that such a comparison can tell");
  CHECK(doubtful.change == Approx(0.08));
  CHECK(judge_relative(before, {0, {}}).kind == VerdictKind::not_comparable);
  CHECK(judge_relative({NAN, {1, 1}}, before).kind == VerdictKind::not_comparable);
}

TEST_CASE("counts of instructions are judged exactly") {
  CHECK(judge_instructions(100'000, 100'900).kind == VerdictKind::same);
  CHECK(judge_instructions(100'000, 101'100).kind == VerdictKind::regressed);
  CHECK(judge_instructions(100'000, 98'900).kind == VerdictKind::improved);
  CHECK(judge_instructions(0, 1).kind == VerdictKind::not_comparable);
}
