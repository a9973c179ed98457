#include "torchup/resolver/lock_difference.hpp"

#include "tests/support/made_up_lock.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace torchup;
using namespace torchup::test;

namespace {

/// "+name version", "-name version", "~name before after", "=name version" for other wheels, "?name version" for another
/// condition; then the number of equal ones.
std::vector<std::string> told(const Lockfile& before, const Lockfile& after) {
  const Difference found = difference(held_by_lock(before), held_by_lock(after));
  std::vector<std::string> lines;
  for (const auto& package : found.added) lines.push_back(fmt::format("+{} {}", package.name.text(), package.version.text()));
  for (const auto& package : found.removed) lines.push_back(fmt::format("-{} {}", package.name.text(), package.version.text()));
  for (const auto& change : found.changed) {
    const char sign = change.change == Change::version ? '~' : change.change == Change::wheels ? '=' : '?';
    std::string line = fmt::format("{}{} {}", sign, change.before.name.text(), change.before.version.text());
    if (change.change == Change::version) line += " " + change.after.version.text();
    lines.push_back(line);
  }
  lines.push_back(fmt::format("{} same", found.same));
  CHECK(found.empty() == (lines.size() == 1));
  return lines;
}

using Lines = std::vector<std::string>;

Target linux_target() {
  return {.python = {},
          .python_version = Version::parse("3.11.7").value(),
          .markers = {{{"python_full_version", "3.11.7"}, {"python_version", "3.11"}, {"sys_platform", "linux"}}},
          .tags = {.python_major = 3, .python_minor = 11, .system = "linux", .machine = "x86_64", .libc_major = 2, .libc_minor = 36},
          .platform = "linux-x86_64"};
}

}  // namespace

TEST_CASE("a lock does not differ from itself") {
  const auto lock = made_up_lock({made_up_package("a", "1"), with_marker(made_up_package("b", "1"), "os_name == 'nt'")});
  CHECK(told(lock, lock) == Lines{"2 same"});
  CHECK(key_changes(lock, lock).empty());
}

TEST_CASE("added, removed and changed packages are told, in the order of their names") {
  const auto before = made_up_lock({made_up_package("gone", "1"), made_up_package("kept", "1"), made_up_package("moved", "1")});
  const auto after = made_up_lock({made_up_package("kept", "1"), made_up_package("moved", "2"), made_up_package("new", "1")});
  CHECK(told(before, after) == Lines{"+new 1", "-gone 1", "~moved 1 2", "1 same"});
  CHECK(told(after, before) == Lines{"+gone 1", "-new 1", "~moved 2 1", "1 same"});
}

TEST_CASE("the same version with other bytes is a difference, and a file replaced under its name is named") {
  const auto before = made_up_package("a", "1", {}, 'a'), after = made_up_package("a", "1", {}, 'b');
  CHECK(told(made_up_lock({before}), made_up_lock({after})) == Lines{"=a 1", "0 same"});
  const auto held_before = held_by_lock(made_up_lock({before})), held_after = held_by_lock(made_up_lock({after}));
  CHECK(replaced_files(held_before[0], held_after[0]) == Lines{"a-1-py3-none-any.whl"});
  CHECK(replaced_files(held_before[0], held_before[0]).empty());
}

TEST_CASE("a wheel more is another set of wheels, and no replaced file") {
  auto more = made_up_package("a", "1");
  more.wheels.push_back(made_up_wheel("a-1-1-py3-none-any.whl", 'b'));
  const auto one = made_up_lock({made_up_package("a", "1")}), two = made_up_lock({more});
  CHECK(told(one, two) == Lines{"=a 1", "0 same"});
  CHECK(replaced_files(held_by_lock(one)[0], held_by_lock(two)[0]).empty());
}

TEST_CASE("a version in two spellings, and files from another place, are no difference") {
  auto moved = made_up_package("a", "1.0");
  moved.wheels[0].url = Url::parse("https://mirror.example/a-1.0-py3-none-any.whl").value();
  CHECK(told(made_up_lock({made_up_package("a", "1")}), made_up_lock({moved})) == Lines{"1 same"});
}

TEST_CASE("another marker or Requires-Python is a difference") {
  const auto plain = made_up_package("a", "1");
  auto python = plain;
  python.requires_python = SpecifierSet::parse(">=3.10").value();
  CHECK(told(made_up_lock({plain}), made_up_lock({with_marker(plain, "os_name == 'nt'")})) == Lines{"?a 1", "0 same"});
  CHECK(told(made_up_lock({plain}), made_up_lock({python})) == Lines{"?a 1", "0 same"});
}

TEST_CASE("entries of one name are paired by what they are for") {
  const auto entry = [](const char* version, const char* marker) { return with_marker(made_up_package("torch", version), marker); };
  const auto before = made_up_lock({entry("1", "os_name == 'nt'"), entry("2", "os_name == 'posix'")});
  const auto after = made_up_lock({entry("2", "os_name == 'posix'"), entry("3", "os_name == 'nt'")});
  CHECK(told(before, after) == Lines{"~torch 1 3", "1 same"});
  CHECK(told(before, made_up_lock({entry("2", "os_name == 'posix'")})) == Lines{"-torch 1", "1 same"});
  // One condition counts for more than one version, whatever the order.
  const auto other = made_up_lock({entry("1", "os_name == 'posix'"), entry("3", "os_name == 'nt'")});
  CHECK(told(before, other) == Lines{"~torch 1 3", "~torch 2 1", "0 same"});
  // With no condition in common the version decides.
  CHECK(told(before, made_up_lock({entry("2", "os_name == 'java'"), entry("4", "os_name == 'x'")})) ==
        Lines{"?torch 2", "~torch 1 4", "0 same"});
}

TEST_CASE("a lock that holds one name fifty thousand times is compared all the same") {
  Lockfile before, after;
  for (int i = 0; i < 50'000; ++i) {
    before.packages.push_back(made_up_package("a", fmt::format("1.{}", i)));
    after.packages.push_back(made_up_package("a", fmt::format("2.{}", i)));
  }
  CHECK(difference(held_by_lock(before), held_by_lock(after)).changed.size() == 50'000);
}

TEST_CASE("sizes are told where every wheel has one") {
  auto lock = made_up_lock({made_up_package("a", "1"), made_up_package("b", "1")});
  lock.packages[1].wheels.push_back(made_up_wheel("b-1-1-py3-none-any.whl", 'b', std::nullopt));
  CHECK(held_by_lock(lock)[0].bytes == 1000);
  CHECK_FALSE(held_by_lock(lock)[1].bytes);
}

TEST_CASE("for a target a lock holds what would be installed: live packages, one wheel each") {
  auto several = made_up_package("several", "1");
  several.wheels = {made_up_wheel("several-1-1-py3-none-any.whl", 'b', 7), made_up_wheel("several-1-py3-none-any.whl", 'a', 5)};
  const auto lock =
      made_up_lock({with_marker(several, "sys_platform == 'linux'"), with_marker(made_up_package("win", "1"), "sys_platform == 'win32'")});
  const auto held = held_for_target(lock, linux_target());
  REQUIRE(held);
  REQUIRE(held->size() == 1);
  CHECK(held->front().wheels == std::vector<HeldWheel>{{"several-1-1-py3-none-any.whl", Sha256::parse(std::string(64, 'b')).value()}});
  CHECK(held->front().bytes == 7);
  CHECK(held->front().condition.empty());
}

TEST_CASE("a lock without a wheel for the target is refused") {
  auto package = made_up_package("a", "1");
  package.wheels = {made_up_wheel("a-1-cp27-cp27m-win32.whl", 'a')};
  const auto held = held_for_target(made_up_lock({package}), linux_target());
  REQUIRE_FALSE(held);
  CHECK(held.error().kind == ErrorKind::lock);
  CHECK(held.error().message == "the lock has no wheel of `a 1` for this interpreter");
}

TEST_CASE("what a lock is for is compared key by key, and who wrote it is not") {
  Lockfile before = made_up_lock({}, {"torch"}), after = made_up_lock({}, {"torch>=2"});
  before.requires_python = SpecifierSet::parse(">=3.10").value();
  after.environments = {Marker::parse("os_name == 'posix'").value()};
  after.tool.variant = "cpu";
  after.created_by = "another tool";
  CHECK(key_changes(before, after) == std::vector<KeyChange>{{"environments", {}, {"os_name == \"posix\""}},
                                                             {"requires-python", {">=3.10"}, {}},
                                                             {"requests", {"torch"}, {"torch>=2"}},
                                                             {"variant", {}, {"cpu"}}});
}
