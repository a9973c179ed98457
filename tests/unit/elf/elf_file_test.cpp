#include "src/elf/elf_file.hpp"

#include "tests/support/elf_builder.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <elf.h>
#include <fstream>

using namespace torchup;
using test::ElfBuilder;
using test::TemporaryFolder;

namespace {

std::string whole_library() {
  return ElfBuilder()
      .machine(EM_AARCH64)
      .soname("libtorch_cpu.so")
      .needed("libc10.so")
      .needed("libc.so.6")
      .rpath("$ORIGIN/../nvidia/lib::$ORIGIN")
      .runpath("/opt/lib")
      .version_need("libc.so.6", "GLIBC_2.28")
      .version_need("libstdc++.so.6", "GLIBCXX_3.4.22")
      .version_definition("libtorch_cpu.so")
      .version_definition("TORCH_2")
      .build();
}

}  // namespace

TEST_CASE("a shared object's dynamic section is read whole") {
  const TemporaryFolder folder;
  const auto file = read_elf_file(folder.write("lib.so", whole_library()));
  REQUIRE(file);
  CHECK(elf_machine_name(file->machine) == "aarch64");
  CHECK(file->soname == "libtorch_cpu.so");
  CHECK(file->needed == std::vector<std::string>{"libc10.so", "libc.so.6"});
  CHECK(file->rpath == std::vector<std::string>{"$ORIGIN/../nvidia/lib", "$ORIGIN"});
  CHECK(file->runpath == std::vector<std::string>{"/opt/lib"});
  CHECK(file->version_needs == std::vector<ElfVersionNeed>{{"libc.so.6", "GLIBC_2.28"}, {"libstdc++.so.6", "GLIBCXX_3.4.22"}});
  CHECK(file->version_definitions == std::vector<std::string>{"libtorch_cpu.so", "TORCH_2"});
}

TEST_CASE("this very program is read as the machine that it runs on") {
  const auto file = read_elf_file("/proc/self/exe");
  REQUIRE(file);
  CHECK(file->machine == own_elf_machine());
  CHECK_FALSE(file->interpreter.empty());
  CHECK(std::count(file->needed.begin(), file->needed.end(), "libc.so.6") == 1);
}

TEST_CASE("a library cut short anywhere is refused or read, and never read beyond") {
  const TemporaryFolder folder;
  const std::string whole = whole_library();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto file = read_elf_file(folder.write("cut.so", whole.substr(0, size)));
    if (!file) CHECK(file.error().kind == ErrorKind::integrity);
  }
  const auto empty = read_elf_file(folder.write("cut.so", ""));
  REQUIRE_FALSE(empty);
  CHECK(empty.error().message == "`" + (folder.path() / "cut.so").string() + "` is not a sound ELF file: it ends too early");
}

TEST_CASE("any byte of a library may be any other") {
  const TemporaryFolder folder;
  const std::string whole = whole_library();
  const char value = static_cast<char>(GENERATE(0x00, 0xff, 0x7f));
  for (std::size_t place = 0; place < whole.size(); ++place) {
    std::string damaged = whole;
    damaged[place] = value;
    if (const auto file = read_elf_file(folder.write("damaged.so", damaged)); !file) CHECK(file.error().kind == ErrorKind::integrity);
  }
}

TEST_CASE("what is no library is refused with what it is") {
  const TemporaryFolder folder;
  const auto script = read_elf_file(folder.write("script", std::string(200, '#')));
  REQUIRE_FALSE(script);
  CHECK(script.error().message == "`" + (folder.path() / "script").string() + "` is not a sound ELF file: it does not begin as one");

  std::string narrow = whole_library();
  narrow[EI_CLASS] = ELFCLASS32;
  const auto file = read_elf_file(folder.write("narrow.so", narrow));
  REQUIRE_FALSE(file);
  CHECK(file.error().message.find("it is not 64-bit little-endian") != std::string::npos);

  const auto directory = read_elf_file(folder.path());
  REQUIRE_FALSE(directory);
  CHECK(directory.error().kind == ErrorKind::host);
  CHECK(directory.error().message == "`" + folder.path().string() + "` is not a regular file");

  const auto missing = read_elf_file(folder.path() / "absent.so");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message == "cannot open `" + (folder.path() / "absent.so").string() + "`: No such file or directory");
}

TEST_CASE("a machine without a name here keeps its number") { CHECK(elf_machine_name(40) == "machine 40"); }

TEST_CASE("the machine alone is read of the header") {
  const TemporaryFolder folder;
  CHECK(read_elf_machine(folder.write("lib.so", whole_library())).value() == k_elf_machine_aarch64);
  CHECK_FALSE(read_elf_machine(folder.write("text", "no library")).has_value());
  CHECK_FALSE(read_elf_machine("/nowhere").has_value());
}

TEST_CASE("constants lie where the section table says, and a file without one has none to tell") {
  const TemporaryFolder folder;
  CHECK(read_constant_ranges(folder.write("lib.so", whole_library()))->empty());
  const auto ranges = read_constant_ranges("/proc/self/exe");
  REQUIRE(ranges);
  REQUIRE_FALSE(ranges->empty());
  for (const auto& range : *ranges) CHECK(range.size > 0);
  CHECK_FALSE(read_constant_ranges(folder.write("text", "no library")).has_value());
}

TEST_CASE("a section table that contradicts itself is refused or gives nothing beyond the file") {
  const TemporaryFolder folder;
  std::ifstream program("/proc/self/exe", std::ios::binary);
  std::string header(sizeof(Elf64_Ehdr), 0);
  program.read(header.data(), static_cast<std::streamsize>(header.size()));
  // The header of a real program, whose tables lie beyond the end of these few bytes.
  CHECK_FALSE(read_constant_ranges(folder.write("cut", header)).has_value());
  for (const std::size_t place : {offsetof(Elf64_Ehdr, e_shentsize), offsetof(Elf64_Ehdr, e_shstrndx), offsetof(Elf64_Ehdr, e_shoff)}) {
    auto odd = header + std::string(4096, 0);
    odd[place] = odd[place + 1] = static_cast<char>(0xff);
    CHECK_FALSE(read_constant_ranges(folder.write("odd", odd)).has_value());
  }
}
