#include "kernels/native/attention/attention.hpp"

#include "kernels/reference/attention.hpp"
#include "kernels/reference/random.hpp"
#include "tests/unit/kernels/native_sets.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace torchup;
using native::AttentionOptions;
using native::AttentionSizes;
using native::Causality;
using test::each_execution;

namespace {

constexpr float k_infinity = std::numeric_limits<float>::infinity();

struct Problem {
  AttentionSizes sizes;
  AttentionOptions options;
  std::vector<float> query, key, value;

  Problem(const AttentionSizes& of, const AttentionOptions& with) : sizes(of), options(with) {
    query = reference::random_values(static_cast<std::size_t>(of.batch * of.query_heads * of.queries * of.depth), 1);
    key = reference::random_values(static_cast<std::size_t>(of.batch * of.key_heads * of.keys * of.depth), 2);
    value = reference::random_values(key.size(), 3);
    for (float& each : query) each *= 4;
  }

  std::vector<float> run(const native::Execution& execution) const {
    std::vector<float> out(query.size(), -7);
    native::attention(sizes, options, query, key, value, out, execution);
    return out;
  }

  std::vector<double> truth() const {
    const std::vector<double> q(query.begin(), query.end()), k(key.begin(), key.end()), v(value.begin(), value.end());
    std::vector<double> out(q.size());
    reference::attention_plain(sizes, options, q, k, v, out);
    return out;
  }
};

double largest_difference(const std::vector<float>& values, const std::vector<double>& truth) {
  double largest = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double difference = std::abs(static_cast<double>(values[i]) - truth[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

// Below, on and beyond the edges of lanes, tiles, blocks of keys and groups of panels.
const std::vector<AttentionSizes> k_sizes{{1, 1, 1, 1, 1, 1},    {1, 2, 2, 31, 31, 31},   {2, 1, 1, 32, 32, 32}, {1, 1, 1, 33, 33, 33},
                                          {1, 4, 2, 64, 64, 64}, {1, 1, 1, 130, 168, 40}, {1, 1, 1, 17, 169, 8}, {2, 6, 2, 67, 337, 20}};

}  // namespace

TEST_CASE("attention is the definition's, whatever the sizes, with grouped heads too") {
  const auto execution = each_execution();
  for (const AttentionSizes& sizes : k_sizes) {
    const Problem problem(sizes, {});
    CAPTURE(native::instruction_set_name(execution.instructions), sizes.queries, sizes.keys, sizes.depth);
    CHECK(largest_difference(problem.run(execution), problem.truth()) < 3e-6);
  }
}

TEST_CASE("causal attention is the definition's") {
  const auto execution = each_execution();
  for (const AttentionSizes& sizes : k_sizes) {
    const Problem problem(sizes, {Causality::causal, {}});
    CAPTURE(native::instruction_set_name(execution.instructions), sizes.queries, sizes.keys, sizes.depth);
    CHECK(largest_difference(problem.run(execution), problem.truth()) < 3e-6);
  }
}

TEST_CASE("a mask is added to the scores") {
  const auto execution = each_execution();
  for (const AttentionSizes& sizes : k_sizes) {
    std::vector<float> mask = reference::random_values(static_cast<std::size_t>(sizes.queries * sizes.keys), 9);
    for (std::size_t i = 0; i < mask.size(); i += 3) mask[i] = -k_infinity;
    const Problem problem(sizes, {Causality::none, mask});
    CAPTURE(native::instruction_set_name(execution.instructions), sizes.queries, sizes.keys, sizes.depth);
    CHECK(largest_difference(problem.run(execution), problem.truth()) < 3e-6);
  }
}

TEST_CASE("a query that sees no key gets zeros") {
  const auto execution = each_execution();
  std::vector<float> mask(20 * 200, 0);
  std::fill(mask.begin() + 5 * 200, mask.begin() + 6 * 200, -k_infinity);
  const Problem problem({1, 1, 1, 20, 200, 8}, {Causality::none, mask});
  const auto out = problem.run(execution);
  for (std::size_t i = 0; i < 8; ++i) CHECK(out[5 * 8 + i] == 0);
  CHECK(largest_difference(out, problem.truth()) < 3e-6);
}

TEST_CASE("a key far above the others gives its value, in any block of keys") {
  const auto winner = GENERATE(0, 167, 168, 699);
  Problem problem({1, 1, 1, 3, 700, 1}, {});
  std::fill(problem.query.begin(), problem.query.end(), 40.0F);
  std::fill(problem.key.begin(), problem.key.end(), -2.0F);
  problem.key[static_cast<std::size_t>(winner)] = 2.0F;
  for (std::size_t i = 0; i < problem.value.size(); ++i) problem.value[i] = static_cast<float>(i);
  for (const float value : problem.run(each_execution())) CHECK(value == Approx(winner).epsilon(1e-6).margin(1e-5));
}

TEST_CASE("a query that is no number spoils its own row only, a value that is none its column") {
  const auto execution = each_execution();
  Problem problem({1, 1, 1, 40, 40, 8}, {});
  problem.query[20 * 8] = std::nanf("1");  // its low bits would become an exponent
  problem.value[39 * 8 + 3] = std::numeric_limits<float>::quiet_NaN();
  const auto out = problem.run(execution);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool spoiled = i / 8 == 20 || i % 8 == 3;
    if (std::isnan(out[i]) != spoiled) FAIL("element " << i << " is " << out[i]);
  }
}

TEST_CASE("scores that would overflow an exponential do not") {
  Problem problem({1, 1, 1, 16, 300, 4}, {});
  for (float& value : problem.query) value *= 1e4F;
  const auto out = problem.run(each_execution());
  for (const float value : out) CHECK(std::abs(value) <= 1);
}

TEST_CASE("two keys weigh as the sigmoid of their difference") {
  const std::vector<double> query{1, 1}, key{0.5, -0.25}, value{1, 0};
  std::vector<double> out(2);
  reference::attention_plain({1, 1, 1, 2, 2, 1}, {}, query, key, value, out);
  CHECK(out[0] == Approx(1 / (1 + std::exp(-0.75))).epsilon(1e-14));
}
