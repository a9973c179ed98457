#include "torchup/core/edit_distance.hpp"

#include <catch2/catch.hpp>

#include <string>

using torchup::edit_distance;

TEST_CASE("a distance counts insertions, removals and replacements") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("lock", "lock") == 0);
  CHECK(edit_distance("lokc", "lock") == 2);
  CHECK(edit_distance("instal", "install") == 1);
  CHECK(edit_distance("synch", "sync") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("", "cpu") == 3);
}

TEST_CASE("a distance is the same from either side") {
  const std::string words[] = {"", "cu130", "cu126", "rocm7.2", "cpu", "xpu"};
  for (const auto& a : words) {
    for (const auto& b : words) CHECK(edit_distance(a, b) == edit_distance(b, a));
  }
}
