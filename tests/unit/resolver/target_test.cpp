#include "torchup/resolver/target.hpp"

#include <catch2/catch.hpp>

using namespace torchup;

namespace {

HostFacts linux_host() {
  HostFacts facts;
  facts.os = Fact<OperatingSystem>{{.system = "Linux", .machine = "x86_64", .kernel = "6.1.0"}, {"uname", ""}};
  facts.libc = Fact<Libc>{{"glibc", NumericVersion::parse("2.36").value()}, {"ldd", ""}};
  const auto add = [&](const char* path, const char* version, const char* implementation, const char* flags) {
    facts.pythons.push_back(
        {{.path = path, .executable = path, .version = version, .implementation = implementation, .abi_flags = flags}, {path, ""}});
  };
  add("/opt/pypy", "3.10.14", "pypy", "");
  add("/usr/bin/python3.11", "3.11.2", "cpython", "");
  add("/usr/bin/python3.1", "3.1.5", "cpython", "");
  add("/opt/python3.13t", "3.13.0rc2", "cpython", "t");
  return facts;
}

}  // namespace

TEST_CASE("a Python is chosen by its minor version, its full version or its path") {
  const HostFacts facts = linux_host();
  CHECK(choose_python(facts, "")->path == "/usr/bin/python3.11");
  CHECK(choose_python(facts, "3.1")->path == "/usr/bin/python3.1");  // not 3.11 or 3.13
  CHECK(choose_python(facts, "3.13")->path == "/opt/python3.13t");
  CHECK(choose_python(facts, "3.13.0")->path == "/opt/python3.13t");
  CHECK(choose_python(facts, "/opt/python3.13t")->version == "3.13.0rc2");
}

TEST_CASE("a Python that is not there is refused with those that are") {
  const auto refused = choose_python(linux_host(), "3.12");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == ErrorKind::host);
  CHECK(refused.error().message.find("no CPython `3.12` was found on this host; found: 3.10.14 /opt/pypy, 3.11.2") == 0);
  CHECK(choose_python({}, "").error().message == "no CPython was found on this host");
}

TEST_CASE("a target carries markers and tags of its interpreter") {
  const HostFacts facts = linux_host();
  const Target target = make_target(facts, choose_python(facts, "3.13").value()).value();
  CHECK(target.markers.values.at("python_full_version") == "3.13.0rc2");
  CHECK(target.markers.values.at("python_version") == "3.13");
  CHECK(target.markers.values.at("sys_platform") == "linux");
  CHECK(target.tags.free_threaded);
  CHECK(target.tags.libc_minor == 36);
  CHECK(target.platform == "linux-x86_64");
}

TEST_CASE("the environments marker holds on its own target and on no other") {
  const HostFacts facts = linux_host();
  const Target target = make_target(facts, choose_python(facts, "3.11").value()).value();
  const Marker marker = environment_marker(target.markers).value();
  CHECK(marker.evaluate(target.markers));
  auto other = target.markers;
  other.values["python_version"] = "3.12";
  CHECK_FALSE(marker.evaluate(other));
  other = target.markers;
  other.values["platform_machine"] = "aarch64";
  CHECK_FALSE(marker.evaluate(other));
}

TEST_CASE("a host whose C library is not known has no target") {
  HostFacts facts = linux_host();
  facts.libc = ProbeFailure{"ldd", "not found"};
  CHECK(make_target(facts, facts.pythons[1].value).error().message == "the C library of the host is not known");
}
