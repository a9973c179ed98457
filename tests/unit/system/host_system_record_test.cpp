#include "torchup/system/host_system.hpp"

#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace torchup;
using namespace std::chrono_literals;
using torchup::test::read_text;
using torchup::test::TemporaryFolder;

namespace {

std::unique_ptr<HostSystem> opened(const TemporaryFolder& folder) { return open_recorded_host_system(folder.path()).value(); }

}  // namespace

TEST_CASE("a recorded host answers what was asked and nothing else") {
  const TemporaryFolder folder;
  folder.write("host.json", R"({"schema": 1, "machine": "aarch64", "environment": {"HOME": "/home/user", "PATH": ""},
    "files": {"/odd:name": "odd"}, "unreadable": {"/secret": "`/secret` cannot be read: Permission denied"},
    "links": {"/lib": "usr/lib"}, "present": ["/dev/dxg"], "devices": {"/dev/kfd": 13},
    "commands": [{"arguments": ["tool", "-x"], "exit_status": 3, "out": "o", "err": "e"}, {"arguments": ["gone"], "error": "`gone` cannot be started: x"}],
    "cpuid": [[7, 0, 1, 2, 3, 4]], "xcr0": 231, "cuda_driver": {"answer": ["driver_version 13020", "init 0"]},
    "requestable_state": 99, "libraries": {"libx.so.1": "/lib/libx.so.1"}, "drivers": {"libnvidia-ml.so.1": {"answer": ["init 0"]}},
    "descriptions": {"/lib/libx.so.1": {"answer": ["defines X_1"]}, "/bad": {"error": "`/bad` is not a sound ELF file: it ends too early"}},
    "texts": {"sm_ /lib/libx.so.1": {"answer": ["sm_75 sm_80"]}},
    "disks": {"/": {"total_bytes": 9, "free_bytes": 4, "free_inodes": 2}}})");
  folder.write("root/etc/os-release", "NAME=x\n");
  const auto host = opened(folder);
  CHECK(host->machine() == "aarch64");
  CHECK(host->environment("HOME") == "/home/user");
  CHECK(host->environment("PATH") == std::nullopt);
  CHECK(host->read_file("/etc/os-release").value() == "NAME=x\n");
  CHECK(host->read_file("/odd:name").value() == "odd");
  CHECK(host->read_file("/secret").error().message == "`/secret` cannot be read: Permission denied");
  CHECK(host->read_file("/none").error().message == "`/none` cannot be read: No such file or directory");
  CHECK(host->list_directory("/").value() == std::vector<std::string>{"dev", "etc", "lib", "odd:name"});
  CHECK(host->read_link("/lib").value() == "usr/lib");
  CHECK(host->exists("/dev/dxg"));
  CHECK_FALSE(host->exists("/dev/nvidiactl"));
  CHECK(host->open_device("/dev/kfd") == 13);
  CHECK(host->run({"tool", "-x"}, 1s).value() == CommandOutput{3, "o", "e"});
  CHECK(host->run({"gone"}, 1s).error().message == "`gone` cannot be started: x");
  CHECK_FALSE(host->run({"tool"}, 1s).has_value());
  CHECK(host->cpuid(7, 0) == CpuidRegisters{1, 2, 3, 4});
  CHECK(host->cpuid(7, 1) == std::nullopt);
  CHECK(host->xcr0() == 231);
  CHECK(host->query_cuda_driver().value() == "driver_version 13020\ninit 0\n");
  CHECK(host->disk_space("/").value() == DiskSpace{9, 4, 2});
  CHECK(host->requestable_state() == 99);
  CHECK(host->find_library("libx.so.1") == "/lib/libx.so.1");
  CHECK(host->find_library("liby.so.1") == std::nullopt);
  CHECK(host->query_driver(DriverLibrary::cuda).value() == "driver_version 13020\ninit 0\n");
  CHECK(host->query_driver(DriverLibrary::nvml).value() == "init 0\n");
  CHECK(host->query_driver(DriverLibrary::level_zero).error().message ==
        "`libze_loader.so.1` cannot be opened: it was not there when this host was recorded");
  CHECK(host->describe_library("/lib/libx.so.1").value() == "defines X_1\n");
  CHECK(host->describe_library("/bad").error().message == "`/bad` is not a sound ELF file: it ends too early");
  CHECK(host->describe_library("/none").error().message == "`/none` cannot be read: No such file or directory");
  CHECK(host->texts_in("/lib/libx.so.1", "sm_").value() == std::vector<std::string>{"sm_75 sm_80"});
  CHECK_FALSE(host->texts_in("/lib/libx.so.1", "gfx").has_value());
}

TEST_CASE("a recorded host reads nothing outside of its folder") {
  const TemporaryFolder folder;
  folder.write("secret", "secret");
  folder.write("host/host.json", R"({"schema": 1})");
  folder.write("host/root/file", "");
  std::filesystem::create_symlink(folder.path() / "secret", folder.path() / "host/root/link");
  const auto host = open_recorded_host_system(folder.path() / "host").value();
  CHECK(host->read_file("/file").has_value());
  CHECK_FALSE(host->read_file("/link").has_value());
  CHECK_FALSE(host->read_file("/../../secret").has_value());
  CHECK_FALSE(host->exists("/../../secret"));
}

TEST_CASE("a folder that is no recorded host is refused, and the key that is wrong is named") {
  const TemporaryFolder folder;
  const auto missing = open_recorded_host_system(folder.path());
  CHECK(missing.error().kind == ErrorKind::usage);
  CHECK(missing.error().message == "`" + folder.path().string() + "` is not a recorded host: it has no host.json");
  const auto [json, message] = GENERATE(table<std::string, std::string>({
      {R"({})", "`schema` of host.json is not 1, the only one that this program reads"},
      {R"({"schema": 2})", "`schema` of host.json is not 1, the only one that this program reads"},
      {R"({"schema": 1, "machine": 5})", "`machine` of host.json is not a text"},
      {R"({"schema": 1, "files": []})", "`files` of host.json is not an object"},
      {R"({"schema": 1, "devices": {"/dev/x": -1}})", "`devices./dev/x` of host.json is not a number from 0 on"},
      {R"({"schema": 1, "commands": [{"arguments": "ls"}]})", "`commands[0].arguments` of host.json is not a list of texts"},
      {R"({"schema": 1, "cpuid": [[1, 2]]})", "`cpuid[0]` of host.json is not a list of six numbers"},
      {R"({"schema": 1, "cpuid": [[4294967296, 0, 0, 0, 0, 0]]})", "`cpuid[0][0]` of host.json is not a number of that size"},
      {R"({"schema": 1, "cuda_driver": []})", "`cuda_driver` of host.json is not an object"},
  }));
  folder.write("host.json", json);
  CHECK(open_recorded_host_system(folder.path()).error().message == message);
}

TEST_CASE("text that is no JSON, or nests without end, is refused") {
  const TemporaryFolder folder;
  const auto json = GENERATE(std::string("{"), std::string("[]"), std::string(100000, '['));
  folder.write("host.json", json);
  CHECK(open_recorded_host_system(folder.path()).error().message ==
        "`" + (folder.path() / "host.json").string() + "` is not a JSON object");
}

TEST_CASE("what a recorder saw is what its record answers") {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "content").string();
  const auto real = make_posix_host_system();
  const auto recorder = make_recording_host_system(*real);
  const auto command = std::vector<std::string>{"sh", "-c", "echo hello"};
  CHECK(recorder->read_file(file).has_value());
  CHECK_FALSE(recorder->read_file(folder.path().string()).has_value());
  CHECK(recorder->run(command, 20s).has_value());
  CHECK(recorder->exists("/proc"));
  const auto leaf = recorder->cpuid(1, 0);
  REQUIRE(recorder->write(folder.path() / "record").has_value());

  const auto host = open_recorded_host_system(folder.path() / "record").value();
  CHECK(host->read_file(file).value() == "content");
  CHECK(host->read_file(folder.path().string()).error().message == "`" + folder.path().string() + "` is not a regular file");
  CHECK(host->run(command, 20s).value().out == "hello\n");
  CHECK(host->exists("/proc"));
  CHECK(host->cpuid(1, 0) == leaf);
  CHECK(host->machine() == real->machine());
}

TEST_CASE("a recorder never writes down a variable that may hold a secret") {
  const TemporaryFolder folder;
  ::setenv("TORCHUP_TEST_TOKEN", "hunter2", 1);
  ::setenv("CUDA_VISIBLE_DEVICES", "3", 1);
  const auto real = make_posix_host_system();
  const auto recorder = make_recording_host_system(*real);
  CHECK(recorder->environment("TORCHUP_TEST_TOKEN") == std::nullopt);
  CHECK(recorder->environment("CUDA_VISIBLE_DEVICES") == "3");
  REQUIRE(recorder->write(folder.path() / "record").has_value());
  const auto text = read_text(folder.path() / "record/host.json");
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("CUDA_VISIBLE_DEVICES") != std::string::npos);
  ::unsetenv("TORCHUP_TEST_TOKEN");
  ::unsetenv("CUDA_VISIBLE_DEVICES");
}

TEST_CASE("a record is not written over something else") {
  const TemporaryFolder folder;
  folder.write("thesis.tex", "");
  const auto real = make_posix_host_system();
  const auto written = make_recording_host_system(*real)->write(folder.path());
  REQUIRE_FALSE(written.has_value());
  CHECK(written.error().message == "`" + folder.path().string() + "` is not an empty folder");
}
