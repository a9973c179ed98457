#pragma once
// A machine with these variables, files and interpreters, and nothing else: for what reads the user's settings.

#include "torchup/system/host_system.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace torchup::test {

class SettingsHost final : public HostSystem {
 public:
  std::map<std::string, std::string> variables, files;
  std::map<std::string, CommandOutput> pythons;  ///< What each answers.
  std::vector<std::vector<std::string>> ran;

  Result<std::string> read_file(const std::string& path) override {
    const auto found = files.find(path);
    if (found == files.end()) return missing();
    return found->second;
  }
  std::optional<std::string> environment(const std::string& name) override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  Result<CommandOutput> run(const std::vector<std::string>& arguments, std::chrono::milliseconds) override {
    ran.push_back(arguments);
    const auto found = pythons.find(arguments.at(0));
    if (found == pythons.end()) return missing();
    return found->second;
  }
  Result<std::vector<std::string>> list_directory(const std::string&) override { return missing(); }
  Result<std::string> read_link(const std::string&) override { return missing(); }
  bool exists(const std::string& path) override { return files.contains(path); }
  int open_device(const std::string&) override { return 2; }
  std::optional<CpuidRegisters> cpuid(std::uint32_t, std::uint32_t) override { return std::nullopt; }
  std::optional<std::uint64_t> xcr0() override { return std::nullopt; }
  Result<std::string> query_cuda_driver() override { return missing(); }
  Result<DiskSpace> disk_space(const std::string&) override { return missing(); }
  std::string machine() override { return "x86_64"; }

 private:
  static tl::unexpected<Error> missing() { return failure({ErrorKind::host, "none", {}, {}}); }
};

}  // namespace torchup::test
