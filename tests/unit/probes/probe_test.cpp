#include "torchup/probes/probe.hpp"

#include "torchup/probes/named_facts.hpp"

#include "probes/shared/cgroup.hpp"
#include "probes/shared/libc_text.hpp"
#include "probes/shared/python_candidates.hpp"
#include "probes/shared/text.hpp"
#include "probes/shared/x86_level.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace torchup;
using torchup::test::TemporaryFolder;

namespace {

/// A host of files and a host.json's members.
std::unique_ptr<HostSystem> host_with(const TemporaryFolder& folder, const std::string& members,
                                      const std::map<std::string, std::string>& files = {}) {
  folder.write("host.json", R"({"schema": 1, "machine": "x86_64")" + (members.empty() ? "" : ", " + members) + "}");
  for (const auto& [path, content] : files) folder.write("root" + path, content);
  return open_recorded_host_system(folder.path()).value();
}

/// CPUID rows of a processor with all of v4 or without the last level's bits.
constexpr const char* k_leaf_1_v3 = "[1, 0, 0, 0, 953692673, 0]";   // SSE3 to F16C with OSXSAVE
constexpr const char* k_leaf_7_v3 = "[7, 0, 0, 296, 0, 0]";         // BMI1, AVX2, BMI2
constexpr const char* k_leaf_7_v4 = "[7, 0, 0, 3489857832, 0, 0]";  // and AVX-512 F, DQ, CD, BW, VL
constexpr const char* k_extended = "[2147483649, 0, 0, 0, 33, 0]";  // LAHF-SAHF, LZCNT

}  // namespace

TEST_CASE("the table holds every probe once, in the order of their names") {
  const auto table = probe_table();
  CHECK(table.size() >= 10);
  CHECK(std::is_sorted(table.begin(), table.end(), [](const Probe* a, const Probe* b) { return std::string_view(a->name) < b->name; }));
}

TEST_CASE("a host that answers nothing gives no facts, and no probe falls over") {
  const TemporaryFolder folder;
  const auto host = host_with(folder, "");
  const auto facts = probe_host(*host);
  CHECK(value_of(facts.os) == nullptr);
  CHECK(facts.accelerators.empty());
  CHECK(name_facts(facts).empty());
}

TEST_CASE("this machine is probed, every fact with where it was read") {
  const auto host = make_posix_host_system();
  const auto facts = probe_host(*host);
  REQUIRE(value_of(facts.os) != nullptr);
  CHECK(value_of(facts.os)->system == "Linux");
  CHECK(value_of(facts.cpu)->logical_cores > 0);
  CHECK(value_of(facts.memory)->total_bytes > 1'000'000);
  for (const auto& row : name_facts(facts)) CHECK_FALSE(row.evidence.source.empty());
}

TEST_CASE("a level counts only where the operating system saves its registers") {
  const TemporaryFolder folder;
  const auto [leaf_7, xcr0, level] = GENERATE(table<std::string, int, unsigned>(
      {{k_leaf_7_v4, 0xe7, 4}, {k_leaf_7_v4, 0x07, 3}, {k_leaf_7_v4, 0x03, 2}, {k_leaf_7_v3, 0xe7, 3}, {"[7, 0, 0, 0, 0, 0]", 0xe7, 2}}));
  const auto rows = fmt::format(R"("cpuid": [{}, {}, {}], "xcr0": {})", k_leaf_1_v3, leaf_7, k_extended, xcr0);
  CHECK(x86_level_of_cpuid(*host_with(folder, rows)) == level);
}

TEST_CASE("without CPUID the kernel's flags tell the level") {
  std::set<std::string, std::less<>> flags = {"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2"};
  CHECK(x86_level_of_flags(flags) == 1);
  flags.insert("ssse3");
  CHECK(x86_level_of_flags(flags) == 2);
  for (const char* flag : {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"}) flags.insert(flag);
  CHECK(x86_level_of_flags(flags) == 3);
}

TEST_CASE("a memory limit of version 2 is the lowest on the way up") {
  const TemporaryFolder folder;
  const auto host = host_with(folder, "",
                              {{"/proc/self/mountinfo", "30 29 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
                               {"/proc/self/cgroup", "0::/user/job\n"},
                               {"/sys/fs/cgroup/user/job/memory.max", "max\n"},
                               {"/sys/fs/cgroup/user/memory.max", "4096\n"},
                               {"/sys/fs/cgroup/user/job/cpu.max", "50000 100000\n"},
                               {"/sys/fs/cgroup/user/cpu.max", "max 100000\n"}});
  CHECK(cgroup_memory_limit(*host)->value == 4096);
  CHECK(cgroup_memory_limit(*host)->evidence.source == "/sys/fs/cgroup/user/memory.max");
  CHECK(cgroup_cpu_quota(*host)->value == 0.5);
}

TEST_CASE("with both versions at once a controller is where version 1 mounts it, and a container sees its own part") {
  const TemporaryFolder folder;
  const auto host = host_with(folder, "",
                              {{"/proc/self/mountinfo",
                                "35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                                "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                                "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"},
                               {"/proc/self/cgroup", "4:memory:/docker/abc\n1:cpu,cpuacct:/\n0::/\n"},
                               {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "2048\n"},
                               {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"},
                               {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"}});
  CHECK(cgroup_memory_limit(*host)->value == 2048);
  CHECK(cgroup_cpu_quota(*host) == std::nullopt);
}

TEST_CASE("the C library is read from what its loader says") {
  CHECK(parse_glibc_banner("ld.so (Debian GLIBC 2.36-9+deb12u14) stable release version 2.36.\nCopyright")->version.text() == "2.36");
  CHECK(parse_glibc_banner("ldd (GNU libc) 2.17\n")->version.text() == "2.17");
  CHECK(parse_glibc_banner("ldd (Ubuntu GLIBC 2.31-0ubuntu9.16) 2.31\n")->version.text() == "2.31");
  CHECK(parse_musl_banner("musl libc (x86_64)\nVersion 1.2.5\nDynamic Program Loader\n")->version.text() == "1.2.5");
  CHECK(parse_glibc_banner("") == std::nullopt);
  CHECK(parse_glibc_banner("musl libc (x86_64)\nVersion 1.2.5\n") == std::nullopt);
  CHECK(parse_musl_banner("musl libc (x86_64)\n") == std::nullopt);
}

TEST_CASE("interpreters: the active environment first, PATH next, shims resolved, links counted once") {
  const TemporaryFolder folder;
  const auto host = host_with(folder,
                              R"("environment": {"HOME": "/home/u", "VIRTUAL_ENV": "/v", "PATH": "/home/u/.pyenv/shims:.:/usr/bin:/bin"},
      "present": ["/v/bin/python", "/v/pyvenv.cfg", "/usr/bin/python3", "/usr/bin/python3.11", "/bin/python3", "/usr/bin/python3-config",
                  "/home/u/.pyenv/shims/python3", "/home/u/.pyenv/versions/3.12.1/bin/python", "/home/u/.pyenv/versions/3.13.0/bin/python",
                  "/home/u/.pyenv/versions/2.7.18/bin/python"],
      "links": {"/usr/bin/python3": "python3.11", "/bin": "usr/bin", "/v/bin/python": "/usr/bin/python3"})",
                              {{"/home/u/.pyenv/version", "3.13.0\n"}});
  CHECK(find_python_candidates(*host) == std::vector<std::string>{"/v/bin/python", "/home/u/.pyenv/versions/3.13.0/bin/python",
                                                                  "/usr/bin/python3", "/home/u/.pyenv/versions/3.12.1/bin/python"});
}

TEST_CASE("lists of processors are counted, and nonsense is none") {
  CHECK(count_of_list("0-3,8\n") == 5);
  CHECK(count_of_list("0") == 1);
  for (const char* text : {"", "x", "3-0", "0-99999999999", "-"}) CHECK(count_of_list(text) == 0);
}
