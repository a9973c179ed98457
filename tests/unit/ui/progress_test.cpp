#include "src/ui/progress.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using namespace std::chrono_literals;

namespace {

const ProgressBoard::Time k_start{};

}  // namespace

TEST_CASE("the rate counts what came in this run, not what a resumed download had") {
  ProgressBoard board;
  board.update("torch", 500'000'000, 1'000'000'000, k_start);
  board.update("torch", 600'000'000, 1'000'000'000, k_start + 1s);
  CHECK(board.summary(k_start + 1s) == "0/1  600 MB of 1.00 GB  100 MB/s  4.0 s left");
}

TEST_CASE("a finished board says so") {
  ProgressBoard board;
  board.update("a", 0, 10, k_start);
  CHECK_FALSE(board.finished());
  board.update("a", 10, 10, k_start + 1s);
  CHECK(board.finished());
  CHECK(board.summary(k_start + 1s) == "1/1  10 B of 10 B  10 B/s");
}

TEST_CASE("only the largest unfinished pieces get a bar, within the width") {
  ProgressBoard board;
  board.update("small", 1, 10, k_start);
  board.update("large", 50, 100, k_start);
  board.update("done", 5, 5, k_start);
  const auto lines = board.lines(Terminal(true, false, 80), 1, k_start);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("large  "));
  CHECK(lines[1] == "fetching  1/3  56 B of 115 B");
}
