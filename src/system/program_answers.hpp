#pragma once
// What programs answered before, one file each. An answer holds for as long as the program is the same file, and, where it is a
// virtual environment's interpreter, as long as its pyvenv.cfg is (PEP 405).

#include "torchup/system/host_system.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

class ProgramAnswers {
 public:
  /// An empty folder: nothing is found and nothing kept.
  explicit ProgramAnswers(std::filesystem::path folder) : m_folder(std::move(folder)) {}

  /// What the program said to these arguments; nothing where it was not asked, or has changed since.
  std::optional<CommandOutput> find(const std::vector<std::string>& arguments) const;

  /// Keeps an answer of exit status 0. Where it cannot be written the program will be asked again.
  void keep(const std::vector<std::string>& arguments, const CommandOutput& answer) const;

 private:
  std::optional<std::filesystem::path> file_of(const std::vector<std::string>& arguments) const;

  std::filesystem::path m_folder;
};

}  // namespace torchup
