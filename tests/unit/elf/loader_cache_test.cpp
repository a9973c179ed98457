#include "src/elf/loader_cache.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

using namespace torchup;

namespace {

void append_number(std::string& out, std::uint32_t value) { out.append(reinterpret_cast<const char*>(&value), sizeof(value)); }

std::string cache_of(const std::vector<std::pair<std::string, std::string>>& rows, std::uint32_t claimed_rows) {
  std::string texts, entries;
  const std::size_t texts_start = 48 + rows.size() * 24;
  const auto place = [&](const std::string& text) {
    const auto start = static_cast<std::uint32_t>(texts_start + texts.size());
    texts += text;
    texts += '\0';
    return start;
  };
  for (const auto& [name, path] : rows) {
    append_number(entries, 0x0303);
    append_number(entries, place(name));
    append_number(entries, place(path));
    entries.append(12, '\0');
  }
  std::string out = "glibc-ld.so.cache1.1";
  append_number(out, claimed_rows);
  append_number(out, static_cast<std::uint32_t>(texts.size()));
  out.append(20, '\0');
  return out + entries + texts;
}

std::string two_rows() { return cache_of({{"libm.so.6", "/lib/libm.so.6"}, {"libm.so.6", "/lib32/libm.so.6"}}, 2); }

}  // namespace

TEST_CASE("the loader's cache gives all paths of a name, in order") {
  const auto cache = parse_loader_cache(two_rows());
  REQUIRE(cache);
  REQUIRE(cache->count("libm.so.6") == 1);
  CHECK(cache->at("libm.so.6") == std::vector<std::filesystem::path>{"/lib/libm.so.6", "/lib32/libm.so.6"});
}

TEST_CASE("a cache in the older form before the newer one is passed over") {
  CHECK(parse_loader_cache("ld.so-1.7.0" + std::string(100, '\0') + two_rows())->size() == 1);
}

TEST_CASE("a cache that claims more than it holds is refused") {
  const auto cache = parse_loader_cache(cache_of({{"a", "/a"}}, 0xffffffff));
  REQUIRE_FALSE(cache);
  CHECK(cache.error().message == "the loader's cache is not in a form that is known");
  CHECK_FALSE(parse_loader_cache("").has_value());
}

TEST_CASE("a cache cut short anywhere is refused") {
  const std::string whole = two_rows();
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(parse_loader_cache(whole.substr(0, size)).has_value());
}
