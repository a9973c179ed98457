#pragma once
// LibTorch on the spine: which published archive fits a host and a wish, how it comes here for the first time, when nobody knows its
// digest, and what a folder that was made from it must hold. `torchup libtorch` uses it; the rest is the pipeline's.

#include "src/libtorch/archive_record.hpp"
#include "src/pipeline.hpp"
#include "src/validate/validate_native.hpp"

#include <string>
#include <variant>
#include <vector>

namespace torchup {

struct NativeWish {
  std::string version = {};  ///< "2.8.0"; empty: the newest that fits.
  std::string variant = "auto";
  std::string abi = {};              ///< "cxx11", "pre-cxx11", or empty for today's.
  std::string platform = {};         ///< "windows-x86_64"; empty: this host's.
  std::string torch_index_url = {};  ///< As LockWish has it.
};

/// An archive that is published.
struct ChosenArchive {
  PackageName name;
  Version version;  ///< 2.8.0+cu126
  std::string variant, summary;
  std::string file;
  Url url;
};

/// probe, choose, and a look at the server: the archive, or why there is none, as a sentence. No interpreter is started. A variant that is
/// not published, and an ABI that no archive of the release has, are ErrorKind::usage; a server that does not answer is ErrorKind::network.
Result<std::variant<ChosenArchive, std::string>> choose_archive(const Ports& ports, const NativeWish& wish);

/// Whether its digest is known here already: then nothing has to be downloaded to plan the install.
Result<bool> is_known_archive(const Ports& ports, const ChosenArchive& archive);

/// The archive with its digest: the recorded one, or that of a first download, which then lies in the store as a whole part file. Offline,
/// one that is not known is ErrorKind::network.
Result<NativeSource> bring_archive(const Ports& ports, const ChosenArchive& archive, const std::vector<Mirror>& mirrors,
                                   std::uint64_t bytes_per_second);

/// One folder is for Python or for programs in C++, and never changes from one to the other: ErrorKind::host where it is of the other kind.
Status check_kind(const Environment& environment, EnvironmentKind wanted);

/// The digests of first downloads, beside the ledger.
ArchiveRecord archive_record(const Ports& ports);

/// What a LibTorch generation must hold by the packages that it was made from, and how a build sees it. `root` of the tree is the
/// generation's own; whoever prints paths puts DIR in its place.
NativeTarget native_target(const Ports& ports, const Generation& generation);

}  // namespace torchup
