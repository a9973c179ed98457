#pragma once
// The ledger's tables and how an older ledger becomes a newer one. Used by ledger.cpp only.

#include "src/record/database.hpp"

namespace torchup {

/// Brings the database to this program's schema, each step in its own transaction. A newer schema is ErrorKind::host.
Status migrate(Database& database);

}  // namespace torchup
