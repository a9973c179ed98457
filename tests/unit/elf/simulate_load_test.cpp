#include "src/elf/simulate_load.hpp"

#include "tests/support/elf_builder.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace torchup;
using test::ElfBuilder;

namespace {

struct Tree {
  test::TemporaryFolder folder;

  std::filesystem::path put(const std::string& path, ElfBuilder builder) const {
    return folder.write(path, builder.machine(own_elf_machine()).build());
  }
  /// Paths relative to the folder, in the order in which they would come.
  std::vector<std::string> loaded(const std::vector<std::filesystem::path>& libraries,
                                  const std::vector<std::filesystem::path>& told = {}) const {
    const LibrarySearch search({}, {}, {folder.path() / "default"}, told);
    std::vector<std::string> paths;
    for (const auto& library : simulate_load(libraries, search)) paths.push_back(library.path.lexically_relative(folder.path()).string());
    return paths;
  }
};

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("needs are loaded breadth first, each name once") {
  const Tree tree;
  const auto root = tree.put("a/libroot.so", ElfBuilder().rpath("$ORIGIN").needed("libone.so").needed("libtwo.so"));
  tree.put("a/libone.so", ElfBuilder().rpath("$ORIGIN").needed("libthree.so"));
  tree.put("a/libtwo.so", ElfBuilder().needed("libone.so").needed("libnowhere.so"));
  tree.put("a/libthree.so", ElfBuilder());
  CHECK(tree.loaded({root}) == Paths{"a/libroot.so", "a/libone.so", "a/libtwo.so", "a/libthree.so"});
}

TEST_CASE("an RPATH serves those that its object brings in, a RUNPATH the object alone") {
  const Tree tree;
  tree.put("a/libinner.so", ElfBuilder().needed("libdeep.so"));
  tree.put("a/libdeep.so", ElfBuilder());
  tree.put("default/libdeep.so", ElfBuilder());
  const auto by_rpath = tree.put("libroot.so", ElfBuilder().rpath("$ORIGIN/a").needed("libinner.so"));
  CHECK(tree.loaded({by_rpath}) == Paths{"libroot.so", "a/libinner.so", "a/libdeep.so"});
  const auto by_runpath = tree.put("librun.so", ElfBuilder().runpath("$ORIGIN/a").needed("libinner.so"));
  CHECK(tree.loaded({by_runpath}) == Paths{"librun.so", "a/libinner.so", "default/libdeep.so"});
}

TEST_CASE("LD_LIBRARY_PATH comes after an RPATH and before a RUNPATH") {
  const Tree tree;
  tree.put("a/libneeded.so", ElfBuilder());
  tree.put("told/libneeded.so", ElfBuilder());
  const auto by_rpath = tree.put("librpath.so", ElfBuilder().rpath("$ORIGIN/a").needed("libneeded.so"));
  const auto by_runpath = tree.put("librun.so", ElfBuilder().runpath("$ORIGIN/a").needed("libneeded.so"));
  const std::vector<std::filesystem::path> told{tree.folder.path() / "told"};
  CHECK(tree.loaded({by_rpath}, told).back() == "a/libneeded.so");
  CHECK(tree.loaded({by_runpath}, told).back() == "told/libneeded.so");
  CHECK(tree.loaded({by_runpath}).back() == "a/libneeded.so");
}

TEST_CASE("what is in the process by its soname is not looked for again, and a ring of needs ends") {
  const Tree tree;
  const auto early = tree.put("wheel/libearly.so.13.2", ElfBuilder().soname("libearly.so.13"));
  const auto root = tree.put("libroot.so", ElfBuilder().runpath("$ORIGIN/a").needed("libearly.so.13").needed("libring.so"));
  tree.put("a/libearly.so.13", ElfBuilder());
  tree.put("a/libring.so", ElfBuilder().runpath("$ORIGIN/..").needed("libroot.so"));
  CHECK(tree.loaded({early, root}) == Paths{"wheel/libearly.so.13.2", "libroot.so", "a/libring.so"});
  CHECK(tree.loaded({tree.folder.path() / "nothing.so"}).empty());
}

TEST_CASE("the folders of LD_LIBRARY_PATH are split as the loader splits them") {
  using Folders = std::vector<std::filesystem::path>;
  CHECK(library_path_folders("", "/here").empty());
  CHECK(library_path_folders("/a:/b/../c;/d", "/here") == Folders{"/a", "/c", "/d"});
  CHECK(library_path_folders(":/a", "/here") == Folders{"/here/", "/a"});
  CHECK(library_path_folders("lib", "/here") == Folders{"/here/lib"});
}
