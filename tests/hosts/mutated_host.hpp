#pragma once
// A machine one of whose answers is not what it was: missing, refused, cut off or garbled. What probes make of it must stay sane.

#include "torchup/system/host_system.hpp"

#include <any>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace torchup::test {

enum class Mutation { none, missing, refused, truncated, garbled };

/// Answers as `inner` does, but for the questions that are mutated. Answers of `inner` are kept, so that it is asked once.
class MutatedHost final : public HostSystem {
 public:
  explicit MutatedHost(HostSystem& inner) : m_inner(inner) {}

  /// From here on the answer to `question` alone is mutated.
  void mutate(std::string question, Mutation mutation) { m_mutations = {{std::move(question), mutation}}; }

  /// From here on the answers to these questions are.
  void mutate(std::map<std::string, Mutation> mutations) { m_mutations = std::move(mutations); }

  /// The questions that have had an answer so far: a file that is there, a call that worked.
  const std::vector<std::string>& answered() const { return m_answered; }

  Result<std::string> read_file(const std::string& path) override;
  Result<std::vector<std::string>> list_directory(const std::string& path) override;
  Result<std::string> read_link(const std::string& path) override;
  bool exists(const std::string& path) override;
  int open_device(const std::string& path) override;
  std::optional<std::string> environment(const std::string& name) override;
  Result<CommandOutput> run(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) override;
  std::optional<CpuidRegisters> cpuid(std::uint32_t leaf, std::uint32_t subleaf) override;
  std::optional<std::uint64_t> xcr0() override;
  std::optional<std::uint64_t> requestable_state() override;
  Result<std::string> query_cuda_driver() override { return query_driver(DriverLibrary::cuda); }
  Result<std::string> query_driver(DriverLibrary library) override;
  std::optional<std::string> find_library(const std::string& soname) override;
  Result<std::string> describe_library(const std::string& path) override;
  Result<std::vector<std::string>> texts_in(const std::string& path, const std::string& prefix) override;
  Result<DiskSpace> disk_space(const std::string& path) override;
  std::string machine() override { return m_inner.machine(); }

 private:
  template <class Ask>
  auto answer(const std::string& question, Ask ask) -> decltype(ask());

  HostSystem& m_inner;
  std::map<std::string, std::any> m_known;
  std::vector<std::string> m_answered;
  std::map<std::string, Mutation> m_mutations;
};

}  // namespace torchup::test
