#pragma once
// The instruction sets that this machine can run, for tests that hold for each of them.

#include "kernels/native/execution.hpp"

#include <catch2/catch.hpp>

namespace torchup::test {

/// One thread and two on every usable instruction set. Inside a test case each combination is one run.
inline native::Execution each_execution() {
  const auto set = GENERATE(from_range(native::usable_instruction_sets()));
  const unsigned threads = GENERATE(1U, 2U);
  return {set, threads};
}

}  // namespace torchup::test
