#include "src/system/library_text.hpp"

#include "src/system/library_search.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace torchup;
using namespace torchup::test;

namespace {

std::vector<std::string> texts_of(const TemporaryFolder& folder, const std::string& content) {
  folder.write("file", content);
  return find_texts((folder.path() / "file").string(), "sm_").value();
}

}  // namespace

TEST_CASE("texts begin after a zero and end at one") {
  const TemporaryFolder folder;
  using Texts = std::vector<std::string>;
  CHECK(texts_of(folder, std::string("\0sm_75 sm_80\0prism_\0sm_\0sm_75 sm_80\0sm_90", 41)) == Texts{"sm_75 sm_80", "sm_"});
  CHECK(texts_of(folder, "sm_75").empty());
  CHECK(texts_of(folder, "").empty());
}

TEST_CASE("a text across the border of two blocks is found once, one that is too long not at all") {
  const TemporaryFolder folder;
  const std::size_t block = 1U << 20;
  for (const std::size_t before : {block - 12, block - 2, block - 1, block, block + 1}) {
    std::string content(before, 'x');
    content += std::string("\0sm_75 sm_80\0", 13) + std::string(5000, 'y');
    CHECK(texts_of(folder, content) == std::vector<std::string>{"sm_75 sm_80"});
  }
  CHECK(texts_of(folder, std::string("\0sm_", 4) + std::string(2000, 'z') + std::string("\0", 1)).empty());
}

TEST_CASE("a library's description holds its name, its needs and its versions") {
  const auto libc = LibraryFinder().find("libc.so.6").value();
  const auto text = library_description(libc).value();
  CHECK(text.find("soname libc.so.6\n") != std::string::npos);
  CHECK(text.find("\ndefines GLIBC_2.") != std::string::npos);
  CHECK_FALSE(library_description("/nowhere").has_value());
}

TEST_CASE("of a library its constants are looked through") {
  // This one stands nowhere but in .rodata of this program.
  static const volatile char k_text[] = "\0sm_of_this_test and no other";
  CHECK(k_text[1] == 's');
  const auto texts = find_texts("/proc/self/exe", "sm_of_this_test");
  REQUIRE(texts.has_value());
  CHECK(std::find(texts->begin(), texts->end(), "sm_of_this_test and no other") != texts->end());
}
