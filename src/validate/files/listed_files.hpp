#pragma once
// All RECORDs of a site-packages folder together: which files should be there, and what is wrong with the lists.

#include "src/install/record_rows.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace torchup {

/// What one file may be: several distributions may list the same path, and one of them wrote it.
struct ListedFile {
  struct Form {
    Sha256 sha256;
    std::optional<std::uint64_t> size;
  };
  std::vector<Form> forms;  ///< Empty where no list gives a hash: then it only has to be there.
};

struct ListedFiles {
  std::map<std::string, ListedFile> files;  ///< By normal path relative to site-packages, bytecode left out.
  std::vector<std::string> faults;          ///< "`torch-2.15.0.dist-info/RECORD` is missing"
  std::size_t distributions = 0;
};

/// Reads every *.dist-info/RECORD. A listed path that leads out of `root` is a fault and is not looked at.
ListedFiles list_files(const std::filesystem::path& site_packages, const std::filesystem::path& root);

}  // namespace torchup
