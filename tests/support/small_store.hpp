#pragma once
// Made-up wheels in a store of their own, and an environment to install them into: what the tests of `install` start from.

#include "torchup/system/hash.hpp"

#include "src/install/install.hpp"
#include "src/store/store.hpp"
#include "tests/support/temporary_folder.hpp"

#include <map>
#include <string>
#include <vector>

namespace torchup::test {

struct SmallFile {
  std::string content;
  bool executable = false;
};
using SmallFiles = std::map<std::string, SmallFile>;

/// Files of a wheel that has METADATA, WHEEL and RECORD besides.
SmallFiles wheel_files(const std::string& name, const std::string& version, SmallFiles files);

class SmallStore {
 public:
  SmallStore() : m_store(Store::open(m_folder.path() / "store").value()) {}

  /// Publishes these files and no others as the tree of a wheel.
  VerifiedArtifact publish(const std::string& name, const std::string& version, const SmallFiles& files) const;

  /// The same with the files that every wheel has.
  WantedPackage wheel(const std::string& name, const std::string& version, const SmallFiles& files) const;

  const std::filesystem::path& folder() const { return m_folder.path(); }
  std::filesystem::path root() const { return m_folder.path() / "env"; }  ///< DIR; not there yet.

 private:
  TemporaryFolder m_folder;
  Store m_store;
};

/// Debian's interpreter, as far as installing needs to know it; 3.11.2 whatever the machine has.
Python small_python();

/// Locks and opens without waiting; a failure fails the test.
OpenEnvironment open_now(const std::filesystem::path& root);

/// Stages and activates; a failure fails the test.
Environment install_now(const std::filesystem::path& root, const std::vector<WantedPackage>& wanted);

/// Every path below a folder with its kind, mode, link target and content. `.lock` is left out.
using Snapshot = std::map<std::string, std::string>;
Snapshot snapshot(const std::filesystem::path& folder);

/// The paths that are not the same in both.
std::vector<std::string> differences(const Snapshot& before, const Snapshot& after);

}  // namespace torchup::test
