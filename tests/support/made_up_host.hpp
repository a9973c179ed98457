#pragma once
// A machine of variables and files that a test makes up; it has no devices, programs or drivers.

#include "torchup/system/host_system.hpp"

#include <map>
#include <string>

namespace torchup::test {

class MadeUpHost final : public HostSystem {
 public:
  std::map<std::string, std::string> variables, files;
  std::string machine_name = "x86_64";

  Result<std::string> read_file(const std::string& path) override {
    const auto found = files.find(path);
    if (found == files.end()) return none();
    return found->second;
  }
  std::optional<std::string> environment(const std::string& name) override {
    const auto found = variables.find(name);
    return found == variables.end() || found->second.empty() ? std::nullopt : std::optional(found->second);
  }
  bool exists(const std::string& path) override { return files.contains(path); }
  std::string machine() override { return machine_name; }
  int open_device(const std::string&) override { return 2; }
  std::optional<CpuidRegisters> cpuid(std::uint32_t, std::uint32_t) override { return std::nullopt; }
  std::optional<std::uint64_t> xcr0() override { return std::nullopt; }
  Result<CommandOutput> run(const std::vector<std::string>&, std::chrono::milliseconds) override { return none(); }
  Result<std::vector<std::string>> list_directory(const std::string&) override { return none(); }
  Result<std::string> read_link(const std::string&) override { return none(); }
  Result<std::string> query_cuda_driver() override { return none(); }
  Result<DiskSpace> disk_space(const std::string&) override { return none(); }

 private:
  static tl::unexpected<Error> none() { return failure({ErrorKind::host, "there is none", {}, {}}); }
};

}  // namespace torchup::test
