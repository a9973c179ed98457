#pragma once
// What other tools and people have put into a generation since it was made, or changed in it: found before a new generation takes
// its place, so that none of it is lost unseen.

#include "torchup/core/result.hpp"
#include "torchup/install/environment.hpp"

#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// A distribution that torchup did not install, or in another version than torchup did.
struct ForeignPackage {
  std::string name, version;       ///< As its .dist-info folder is named.
  std::vector<std::string> files;  ///< Those of its RECORD that are there, relative to the generation, sorted.
  bool operator==(const ForeignPackage&) const = default;
};

/// A file of an installed wheel that is not as it was installed.
struct ForeignEdit {
  std::string file;     ///< Relative to the generation.
  Sha256 wheel_sha256;  ///< Whose it is.
  bool operator==(const ForeignEdit&) const = default;
};

struct ForeignContent {
  std::vector<ForeignPackage> packages;  ///< Sorted by name.
  std::vector<ForeignEdit> edits;        ///< Sorted by file.
  std::vector<std::string> loose;        ///< Files in site-packages that no distribution lists, relative to the generation, sorted.

  bool empty() const { return packages.empty() && edits.empty() && loose.empty(); }
};

/// Looks at every file: 40 ms for torch's 20,000. Bytecode is no change, and a file that was removed is none to keep. What
/// cannot be read is ErrorKind::host: it would be taken for something else.
Result<ForeignContent> find_foreign_content(const Generation& generation);

/// What was taken over into a new generation, and what was not and why.
struct KeptForeignContent {
  std::vector<std::string> kept;  ///< "demo 1.0", "lib/python3.11/site-packages/a.py"
  std::vector<std::string> left;  ///< "demo 1.0: the lock has demo 2.0"
};

/// Takes everything over that has a place in a generation that nobody uses yet: packages that it does not hold, edits of wheels
/// that it holds too, loose files whose names are free. Big files are linked, the others copied. What has no place stays where it was and
/// is told. The generation's `edited` gains the edits. A file that cannot be written is ErrorKind::install.
Result<KeptForeignContent> keep_foreign_content(const ForeignContent& content, const Generation& from, Generation& to);

}  // namespace torchup
