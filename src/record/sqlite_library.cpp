#include "src/record/sqlite_library.hpp"

#include "torchup/system/shared_library.hpp"

namespace torchup {

Result<SqliteLibrary> load_sqlite(const std::string& soname) {
  TORCHUP_TRY_ASSIGN(const SharedLibrary library,
                     SharedLibrary::open(soname, "install it, on Debian and Ubuntu with `apt install libsqlite3-0`"));
  SqliteLibrary sqlite;
  TORCHUP_TRY(library.find("sqlite3_bind_double", sqlite.bind_double));
  TORCHUP_TRY(library.find("sqlite3_bind_int64", sqlite.bind_int64));
  TORCHUP_TRY(library.find("sqlite3_bind_null", sqlite.bind_null));
  TORCHUP_TRY(library.find("sqlite3_bind_text64", sqlite.bind_text64));
  TORCHUP_TRY(library.find("sqlite3_busy_timeout", sqlite.busy_timeout));
  TORCHUP_TRY(library.find("sqlite3_changes64", sqlite.changes64));
  TORCHUP_TRY(library.find("sqlite3_clear_bindings", sqlite.clear_bindings));
  TORCHUP_TRY(library.find("sqlite3_close", sqlite.close));
  TORCHUP_TRY(library.find("sqlite3_column_bytes", sqlite.column_bytes));
  TORCHUP_TRY(library.find("sqlite3_column_double", sqlite.column_double));
  TORCHUP_TRY(library.find("sqlite3_column_int64", sqlite.column_int64));
  TORCHUP_TRY(library.find("sqlite3_column_text", sqlite.column_text));
  TORCHUP_TRY(library.find("sqlite3_column_type", sqlite.column_type));
  TORCHUP_TRY(library.find("sqlite3_db_config", sqlite.db_config));
  TORCHUP_TRY(library.find("sqlite3_db_handle", sqlite.db_handle));
  TORCHUP_TRY(library.find("sqlite3_errmsg", sqlite.errmsg));
  TORCHUP_TRY(library.find("sqlite3_errstr", sqlite.errstr));
  TORCHUP_TRY(library.find("sqlite3_exec", sqlite.exec));
  TORCHUP_TRY(library.find("sqlite3_finalize", sqlite.finalize));
  TORCHUP_TRY(library.find("sqlite3_last_insert_rowid", sqlite.last_insert_rowid));
  TORCHUP_TRY(library.find("sqlite3_open_v2", sqlite.open_v2));
  TORCHUP_TRY(library.find("sqlite3_prepare_v2", sqlite.prepare_v2));
  TORCHUP_TRY(library.find("sqlite3_reset", sqlite.reset));
  TORCHUP_TRY(library.find("sqlite3_step", sqlite.step));
  return sqlite;
}

}  // namespace torchup
