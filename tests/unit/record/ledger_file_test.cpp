#include "src/record/database.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/record/ledger_fixture.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using namespace torchup;
using torchup::test::k_environment;
using torchup::test::LedgerFixture;
using torchup::test::read_text;

namespace {

std::string pragma(const std::filesystem::path& path, const char* name) {
  auto database = Database::open(path);
  REQUIRE(database);
  Statement statement = (*database)->prepare(std::string("PRAGMA ") + name).value();
  REQUIRE(statement.step().value());
  return statement.text(0);
}

void overwrite(const std::filesystem::path& path, std::size_t at, std::string_view bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(at));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(file.flush());
}

std::vector<std::string> files_beside(const std::filesystem::path& path) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path.parent_path())) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("a ledger outlives its process, and every commit is durable") {
  LedgerFixture fixture;
  {
    Ledger ledger = fixture.open();
    fixture.install(ledger, 1);
  }
  CHECK(fixture.states(fixture.open()) == "1 active");
  CHECK(pragma(fixture.path, "journal_mode") == "wal");
  CHECK(pragma(fixture.path, "synchronous") == "2");  // FULL
  CHECK(pragma(fixture.path, "foreign_keys") == "1");
  CHECK(pragma(fixture.path, "user_version") == "3");
  CHECK(fixture.diagnostics.warnings.empty());
}

TEST_CASE("two processes may have the ledger open") {
  LedgerFixture fixture;
  Ledger first = fixture.open();
  Ledger second = fixture.open();
  fixture.install(first, 1);
  fixture.install(second, 2);
  CHECK(fixture.states(first) == "2 active, 1 kept");
}

TEST_CASE("a file that is no database is moved aside with a warning") {
  LedgerFixture fixture;
  const std::string junk(5000, 'x');
  fixture.folder.write("state/ledger.db", junk);
  fixture.folder.write("state/ledger.db-wal", "old log");
  {
    Ledger ledger = fixture.open();
    fixture.install(ledger, 1);
  }
  REQUIRE(fixture.diagnostics.warnings.size() == 1);
  CHECK(fixture.diagnostics.warnings[0] == "the ledger `" + fixture.path.string() +
                                               "` is damaged (file is not a database); it was moved to `" + fixture.path.string() +
                                               ".damaged-20251124T160000Z` and a new one begun");
  CHECK(read_text(fixture.path.string() + ".damaged-20251124T160000Z") == junk);
  CHECK(files_beside(fixture.path) == std::vector<std::string>{"ledger.db", "ledger.db.damaged-20251124T160000Z"});
  CHECK(fixture.states(fixture.open()) == "1 active");
}

TEST_CASE("a page that was overwritten is noticed at the next start") {
  LedgerFixture fixture;
  {
    Ledger ledger = fixture.open();
    for (unsigned generation = 1; generation < 5; ++generation) fixture.install(ledger, generation);
  }
  const auto size = std::filesystem::file_size(fixture.path);
  for (std::size_t at = 4096; at + 4096 <= size; at += 4096) overwrite(fixture.path, at, std::string(64, '\xAA'));
  CHECK(fixture.states(fixture.open()).empty());
  CHECK(fixture.diagnostics.warnings.size() == 1);
}

TEST_CASE("a truncated file is noticed or empty, never fatal") {
  LedgerFixture fixture;
  { fixture.open(); }
  const auto length = GENERATE(0U, 50U, 100U, 4096U);
  std::filesystem::resize_file(fixture.path, length);
  Ledger ledger = fixture.open();
  fixture.install(ledger, 1);
  CHECK(fixture.states(ledger) == "1 active");
}

TEST_CASE("a ledger of a newer torchup is left alone") {
  LedgerFixture fixture;
  { fixture.open(); }
  {
    auto database = Database::open(fixture.path);
    REQUIRE((*database)->execute("PRAGMA user_version = 99"));
  }
  const auto result = fixture.try_open();
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::host);
  CHECK(result.error().message == "the ledger has schema 99, and this torchup knows 3 at most");
  CHECK(result.error().context == std::vector<std::string>{"while opening the ledger `" + fixture.path.string() + "`"});
  CHECK(pragma(fixture.path, "user_version") == "99");
}

TEST_CASE("a folder that cannot be made is an error of the host") {
  LedgerFixture fixture;
  fixture.folder.write("state", "a file where the folder belongs");
  const auto result = fixture.try_open();
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::host);
  CHECK_THAT(result.error().message,
             Catch::StartsWith("the ledger's folder `" + fixture.path.parent_path().string() + "` cannot be made: "));
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  LedgerFixture fixture;
  { fixture.open(); }
  auto database = Database::open(fixture.path);
  {
    auto transaction = Transaction::begin(**database);
    REQUIRE(transaction);
    REQUIRE((*database)->execute("INSERT INTO environment(root) VALUES ('/a')"));
  }
  Statement count = (*database)->prepare("SELECT count(*) FROM environment").value();
  REQUIRE(count.step().value());
  CHECK(count.integer(0) == 0);
}

TEST_CASE("the schema itself refuses a second active generation") {
  LedgerFixture fixture;
  {
    Ledger ledger = fixture.open();
    fixture.install(ledger, 1);
    fixture.install(ledger, 2);
  }
  auto database = Database::open(fixture.path);
  const auto result = (*database)->execute("UPDATE generation SET state = 'active'");
  REQUIRE_FALSE(result);
  CHECK_THAT(result.error().message, Catch::Contains("UNIQUE constraint failed"));
}

TEST_CASE("a ledger of an older torchup is taken along, what is in it stays") {
  LedgerFixture fixture;
  {
    Ledger ledger = fixture.open();
    fixture.install(ledger, 1);
    auto database = Database::open(fixture.path);
    REQUIRE(database);
    REQUIRE((*database)->execute(
        "DROP TABLE benchmark_result; DROP TABLE benchmark_mark; DROP TABLE benchmark; DROP TABLE host_mark; PRAGMA user_version = 1"));
  }
  const Ledger ledger = fixture.open();
  CHECK(pragma(fixture.path, "user_version") == "3");
  CHECK(fixture.states(ledger) == "1 active");
  CHECK_FALSE(ledger.last_healthy(test::k_environment).value());
}
