#pragma once
// Locks put together in a line or two, for the tests of what looks at one.

#include "torchup/resolver/lockfile.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup::test {

inline LockedFile made_up_wheel(const std::string& file, char digit, std::optional<std::uint64_t> size = 1000) {
  return {file, Url::parse("https://index.example/files/" + file).value(), size, Sha256::parse(std::string(64, digit)).value()};
}

/// A package with one wheel of 1000 bytes whose digest is that digit 64 times; `needs` are "name version".
inline LockedPackage made_up_package(const std::string& name, const std::string& version, const std::vector<std::string>& needs = {},
                                     char digit = 'a') {
  LockedPackage package{PackageName::parse(name).value(), Version::parse(version).value()};
  for (const std::string& need : needs) {
    const auto blank = need.find(' ');
    package.dependencies.emplace_back(PackageName::parse(need.substr(0, blank)).value(), Version::parse(need.substr(blank + 1)).value());
  }
  package.wheels = {made_up_wheel(package.name.underscored() + "-" + version + "-py3-none-any.whl", digit)};
  return package;
}

inline LockedPackage with_marker(LockedPackage package, std::string_view marker) {
  package.marker = Marker::parse(marker).value();
  return package;
}

inline LockedPackage with_index(LockedPackage package, std::string_view index) {
  package.index = Url::parse(index).value();
  return package;
}

inline Lockfile made_up_lock(std::vector<LockedPackage> packages, std::vector<std::string> requests = {}) {
  Lockfile lock;
  lock.packages = std::move(packages);
  lock.tool.requests = std::move(requests);
  return lock;
}

}  // namespace torchup::test
