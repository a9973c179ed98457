#pragma once
// RECORD as an installer writes it: which files a package has in this environment, so that pip and uv can list, check
// and remove it (packaging.python.org "recording installed projects").

#include "torchup/core/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

struct RecordRow {
  std::string path;              ///< Relative to site-packages, `../` where it lies outside.
  std::optional<Sha256> sha256;  ///< Nothing for RECORD itself.
  std::uint64_t size = 0;
};

/// CSV sorted by path, one row a line, fields quoted where they must be (RFC 4180).
std::string write_record(std::vector<RecordRow> rows);

/// A path relative to the generation as RECORD has it, relative to site-packages: "bin/x" is "../../../bin/x".
std::string record_path(std::string_view path, std::string_view site_packages);

}  // namespace torchup
