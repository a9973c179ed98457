#pragma once
// Which archive of LibTorch, torch's native libraries, was published for a release, a variant and a platform, and what it must hold. Names
// are rows of the catalog, since their meaning changed with the release: one name stood for the old std::string up to 2.6 and stands for
// the new one from 2.8 on. Used by the pipeline of `torchup libtorch`.

#include "torchup/resolver/variant.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace torchup {

/// What native libraries are built for.
struct NativeBuild {
  std::string system;   ///< "linux", "windows", "macos"
  std::string machine;  ///< "x86_64", "aarch64", "arm64"
  std::string abi;      ///< "cxx11", "pre-cxx11"; empty where the platform knows no difference, or it is not known.
  bool operator==(const NativeBuild&) const = default;
};

struct NativeArchive {
  std::string path;  ///< Below the folder that the index's `whl` lies in: "libtorch/cu130/libtorch-shared-with-deps-2.15.0%2Bcu130.zip"
  NativeBuild build;
};

/// The archive for a platform ("linux-x86_64") and ABI; an empty ABI takes the one for today's compilers. Nothing where none is known.
std::optional<NativeArchive> find_native_archive(const VariantCatalog& catalog, const std::string& release, const std::string& variant,
                                                 const std::string& platform, std::string_view abi);

/// What an archive must hold, by its file's name with its escapes decoded, and the release that it is of.
std::optional<NativeBuild> native_build_of_archive(const VariantCatalog& catalog, const std::string& release, std::string_view file_name);

/// What torch's wheel of a release must hold, by the wheel's file name. Nothing where the name is no wheel's for one platform.
std::optional<NativeBuild> native_build_of_wheel(const VariantCatalog& catalog, const std::string& release, std::string_view file_name);

}  // namespace torchup
