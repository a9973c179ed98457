#include "src/libtorch/native_packages.hpp"

#include "torchup/resolver/wheel_name.hpp"

#include <algorithm>

namespace torchup {
namespace {

bool holds_libraries(const LockedFile& file) {
  const auto name = WheelName::parse(file.name);
  return name && std::ranges::any_of(
                     name->tags, [](const Tag& tag) { return tag.python.starts_with("py") && tag.abi == "none" && tag.platform != "any"; });
}

}  // namespace

Lockfile native_packages(Lockfile lock) {
  std::erase_if(lock.packages, [](const LockedPackage& package) {
    return package.name.text() != "torch" && std::ranges::none_of(package.wheels, holds_libraries);
  });
  lock.kept.clear();
  return lock;
}

}  // namespace torchup
