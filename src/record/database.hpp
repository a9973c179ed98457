#pragma once
// SQLite behind Result: a connection, prepared statements, transactions. Used inside src/record only; the library's own
// header stays in database.cpp.

#include "torchup/core/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace torchup {

/// A failure of SQLite: its own result code beside the Error it becomes.
struct DatabaseError {
  int code = 0;
  std::string message;

  /// The file itself is not a sound database.
  bool damaged() const;

  Error as_error(const std::filesystem::path& path) const;
};

class Statement {
 public:
  /// Values fill the question marks from the left.
  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t number);
  Statement& bind(double number);
  Statement& bind(std::nullptr_t);

  template <class T>
  Statement& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind(nullptr);
  }

  /// Whether there is a row; its columns can then be read until the next step.
  Result<bool> step();

  /// For a statement without rows.
  Status run();

  /// Back to the start, values forgotten.
  void reset();

  std::string text(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  Statement(sqlite3_stmt* statement, const std::filesystem::path& path) : m_statement(statement), m_path(&path) {}

  std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
  const std::filesystem::path* m_path;  // the database's, which outlives its statements
  int m_bound = 0;
  int m_bind_failure = 0;
};

class Database {
 public:
  /// Opens or makes the file, with the settings that a ledger needs: every commit durable, readers beside a writer.
  static tl::expected<std::unique_ptr<Database>, DatabaseError> open(const std::filesystem::path& path);

  /// Runs statements that give no rows.
  Status execute(const char* sql);

  Result<Statement> prepare(std::string_view sql) const;

  /// The id of the row inserted last.
  std::int64_t last_id() const;

  /// How many rows the last statement changed.
  std::int64_t changes() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  Database(sqlite3* database, std::filesystem::path path) : m_database(database), m_path(std::move(path)) {}

  std::unique_ptr<sqlite3, Close> m_database;
  std::filesystem::path m_path;
};

/// One transaction; rolled back when it goes out of scope without `commit`.
class Transaction {
 public:
  /// Takes the write lock at once, so that a reader-turned-writer cannot fail half-way.
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : m_database(std::exchange(other.m_database, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Status commit();

 private:
  explicit Transaction(Database& database) : m_database(&database) {}
  Database* m_database;
};

}  // namespace torchup
