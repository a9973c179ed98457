#include "src/install/record_rows.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

const std::string k_site_packages = "lib/python3.11/site-packages";
const Sha256 k_zero{Sha256::Bytes{}};

}  // namespace

TEST_CASE("RECORD is sorted, and RECORD itself has neither hash nor size") {
  CHECK(write_record({{"b.py", k_zero, 12}, {"a-1.dist-info/RECORD", std::nullopt}, {"../../../bin/a", k_zero, 3}}) ==
        "../../../bin/a,sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,3\n"
        "a-1.dist-info/RECORD,,\n"
        "b.py,sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,12\n");
}

TEST_CASE("a path with a comma, a quote or a line break is quoted") {
  const auto [path, field] =
      GENERATE(table<std::string, std::string>({{"a,b", "\"a,b\""}, {"a\"b", "\"a\"\"b\""}, {"a\nb", "\"a\nb\""}, {"a b", "a b"}}));
  CHECK(write_record({{path, std::nullopt}}) == field + ",,\n");
}

TEST_CASE("paths are relative to site-packages") {
  CHECK(record_path("lib/python3.11/site-packages/torch/lib/libc10.so", k_site_packages) == "torch/lib/libc10.so");
  CHECK(record_path("bin/torchrun", k_site_packages) == "../../../bin/torchrun");
  CHECK(record_path("lib/python3.11/site-packages-2/x", k_site_packages) == "../../../lib/python3.11/site-packages-2/x");
}
