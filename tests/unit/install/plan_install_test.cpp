#include "src/install/install.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

InstalledPackage package(const std::string& name, const std::string& version, std::uint8_t wheel) {
  Sha256::Bytes bytes{};
  bytes[0] = wheel;
  return {PackageName::parse(name).value(), Version::parse(version).value(), Sha256(bytes), name + ".whl", {}, {}};
}

Environment holding(std::vector<InstalledPackage> packages) {
  Environment environment{"/env", Generation{}, {1}};
  environment.current->packages = std::move(packages);
  return environment;
}

}  // namespace

TEST_CASE("into nothing everything is added, sorted by name") {
  const InstallPlan plan = plan_install({"/env", std::nullopt, {}}, {package("torch", "2.0", 1), package("numpy", "1.0", 2)});
  CHECK(plan.add == std::vector{package("numpy", "1.0", 2), package("torch", "2.0", 1)});
  CHECK(plan.changes());
}

TEST_CASE("a plan tells what stays, what goes and what another wheel takes the place of") {
  const InstallPlan plan = plan_install(holding({package("a", "1", 1), package("b", "1", 2), package("c", "1", 3), package("d", "1", 4)}),
                                        {package("c", "1", 9), package("b", "2", 5), package("a", "1", 1), package("e", "1", 6)});
  CHECK(plan.keep == std::vector{package("a", "1", 1)});
  CHECK(plan.add == std::vector{package("e", "1", 6)});
  CHECK(plan.remove == std::vector{package("d", "1", 4)});
  CHECK(plan.replace ==
        std::vector<Replacement>{{package("b", "1", 2), package("b", "2", 5)}, {package("c", "1", 3), package("c", "1", 9)}});
}

TEST_CASE("the same wheels again change nothing, whoever asked for them") {
  InstalledPackage asked_for = package("a", "1", 1);
  asked_for.requested = true;
  CHECK_FALSE(plan_install(holding({package("a", "1", 1)}), {asked_for}).changes());
}
