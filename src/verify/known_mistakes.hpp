#pragma once
// Wheels that were published with a RECORD that is wrong in one row. A row here is one exception of one release; everything else
// of these wheels is held to RECORD, and all of it to the sha256 that index and lock name (docs/repairs.md).

#include <string_view>

namespace torchup {

/// Whether the METADATA in this folder ("torch-1.12.1.dist-info") was changed after RECORD was written, and nothing else was.
bool has_edited_metadata(std::string_view dist_info);

}  // namespace torchup
