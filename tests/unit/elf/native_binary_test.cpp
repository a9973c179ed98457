#include "src/elf/native_binary.hpp"

#include "src/elf/string_abi.hpp"
#include "tests/support/elf_builder.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace torchup;
using torchup::test::ElfBuilder;
using torchup::test::TemporaryFolder;

namespace {

/// What is read of a file with these bytes, padded as no such file is shorter.
Result<std::optional<NativeBinary>> read(std::string bytes, std::size_t size = 256) {
  const TemporaryFolder folder;
  bytes.resize(size);
  std::ofstream(folder.path() / "file", std::ios::binary) << bytes;
  return read_native_binary(folder.path() / "file");
}

std::string pe(std::string_view machine) {
  std::string bytes(256, '\0');
  bytes.replace(0, 2, "MZ");
  bytes[0x3c] = 64;
  bytes.replace(64, 4, std::string("PE\0\0", 4));
  return bytes.replace(68, 2, machine);
}

}  // namespace

TEST_CASE("The machine of each kind of program is told") {
  const std::string elf = ElfBuilder().machine(183).build();
  CHECK(read(elf, elf.size()).value() == NativeBinary{"linux", {"aarch64"}});
  CHECK(read(pe("\x64\x86")).value() == NativeBinary{"windows", {"x86_64"}});
  CHECK(read(pe("\x64\xaa")).value() == NativeBinary{"windows", {"arm64"}});
  CHECK(read(pe("\x12\x34")).value() == NativeBinary{"windows", {"machine 0x3412"}});
  CHECK(read(std::string("\xcf\xfa\xed\xfe\x0c\0\0\x01", 8)).value() == NativeBinary{"macos", {"arm64"}});
  std::string universal("\xca\xfe\xba\xbe\0\0\0\x02\x01\0\0\x07", 12);
  universal.resize(28);
  universal += std::string("\x01\0\0\x0c", 4);
  CHECK(read(universal).value() == NativeBinary{"macos", {"x86_64", "arm64"}});
}

TEST_CASE("What is no program is nothing, and what breaks off is an error") {
  CHECK(read("#!/bin/sh\n").value() == std::nullopt);
  CHECK(read("", 0).value() == std::nullopt);
  CHECK(read(std::string("\xca\xfe\xba\xbe\0\0\0\x41", 8)).value() == std::nullopt);  // a class of Java
  CHECK_FALSE(read("\177ELF", 20));
  CHECK_FALSE(read("MZ", 64));
  std::string beyond = pe("\x64\x86");
  beyond[0x3f] = '\x7f';
  CHECK_FALSE(read(beyond));
}

TEST_CASE("Two names of one machine are the same") {
  CHECK(is_same_machine("arm64", "aarch64"));
  CHECK_FALSE(is_same_machine("x86_64", "aarch64"));
}

TEST_CASE("The kind of std::string is told by what functions take") {
  CHECK(string_abi({"_ZN3c103fooERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE", "_ZN3c103barEv"}) == "cxx11");
  CHECK(string_abi({"_ZN3c103fooERKSs", "_ZN3c105ErrorC1ERKSsS2_"}) == "pre-cxx11");
  CHECK(string_abi({"_ZN3c103barEv", "RKSs", "NSt7__cxx1112basic_string"}) == "");
  CHECK(string_abi({}) == "");
}

TEST_CASE("Symbols of a file that is no ELF file, or has no section table") {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "text") << std::string(100, 'x');
  CHECK_FALSE(defined_symbols(folder.path() / "text"));
  std::ofstream(folder.path() / "bare.so", std::ios::binary) << ElfBuilder().build();
  CHECK(defined_symbols(folder.path() / "bare.so").value().empty());
  CHECK_FALSE(defined_symbols(folder.path() / "missing"));
}
