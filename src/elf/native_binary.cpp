#include "src/elf/native_binary.hpp"

#include "src/elf/elf_file.hpp"
#include "src/elf/file_bytes.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstdint>

namespace torchup {
namespace {

// ELF: the System V ABI, "ELF header". PE: Microsoft's "PE Format", "COFF file header". Mach-O: <mach-o/loader.h>, <mach-o/fat.h>.
constexpr std::uint32_t k_elf = 0x464c457f, k_mach_o_64 = 0xfeedfacf, k_mach_o_32 = 0xfeedface, k_universal = 0xbebafeca;
constexpr std::uint16_t k_dos = 0x5a4d;
constexpr std::uint32_t k_pe = 0x00004550;
constexpr std::size_t k_elf_machine_at = 18, k_pe_place_at = 0x3c, k_mach_machine_at = 4;
constexpr std::uint64_t k_smallest = 64;
constexpr std::uint32_t k_most_slices = 16;  // a Java class begins as a universal file does, and has far more "slices"
constexpr std::size_t k_slice_size = 20;

std::uint32_t swapped(std::uint32_t value) {
  return ((value & 0xffU) << 24U) | ((value & 0xff00U) << 8U) | ((value >> 8U) & 0xff00U) | (value >> 24U);
}

std::string pe_machine(std::uint16_t machine) {
  if (machine == 0x8664) return "x86_64";
  if (machine == 0xaa64) return "arm64";
  if (machine == 0x014c) return "i386";
  return fmt::format("machine {:#x}", machine);
}

std::string mach_machine(std::uint32_t machine) {
  if (machine == 0x01000007) return "x86_64";
  if (machine == 0x0100000c) return "arm64";
  return fmt::format("machine {:#x}", machine);
}

Result<std::optional<NativeBinary>> read_pe(const FileBytes& bytes, const std::vector<char>& start) {
  const auto place = load<std::uint32_t>(start, k_pe_place_at);
  TORCHUP_TRY_ASSIGN(const auto header, bytes.read(place, 6));
  if (load<std::uint32_t>(header, 0) != k_pe) return bytes.malformed("is a DOS program, or a PE file that is cut off");
  return NativeBinary{"windows", {pe_machine(load<std::uint16_t>(header, 4))}};
}

Result<std::optional<NativeBinary>> read_universal(const FileBytes& bytes, const std::vector<char>& start) {
  const std::uint32_t count = swapped(load<std::uint32_t>(start, 4));
  if (count == 0 || count > k_most_slices) return std::nullopt;
  TORCHUP_TRY_ASSIGN(const auto slices, bytes.read(8, count * k_slice_size));
  NativeBinary binary{"macos", {}};
  for (std::size_t i = 0; i < count; ++i) binary.machines.push_back(mach_machine(swapped(load<std::uint32_t>(slices, i * k_slice_size))));
  return binary;
}

}  // namespace

Result<std::optional<NativeBinary>> read_native_binary(const std::filesystem::path& path) {
  static_assert(std::endian::native == std::endian::little);
  TORCHUP_TRY_ASSIGN(const FileBytes bytes, FileBytes::open(path));
  if (bytes.size() < 4) return std::nullopt;
  TORCHUP_TRY_ASSIGN(const auto magic, bytes.read(0, 4));
  const auto kind = load<std::uint32_t>(magic, 0);
  const bool is_dos = load<std::uint16_t>(magic, 0) == k_dos;
  const bool is_mach = kind == k_mach_o_64 || kind == k_mach_o_32;
  if (kind != k_elf && !is_mach && kind != k_universal && !is_dos) return std::nullopt;
  if (bytes.size() < k_smallest) return bytes.malformed("ends inside its header");
  TORCHUP_TRY_ASSIGN(const auto start, bytes.read(0, k_smallest));
  if (kind == k_elf) return NativeBinary{"linux", {elf_machine_name(load<std::uint16_t>(start, k_elf_machine_at))}};
  if (is_mach) return NativeBinary{"macos", {mach_machine(load<std::uint32_t>(start, k_mach_machine_at))}};
  return kind == k_universal ? read_universal(bytes, start) : read_pe(bytes, start);
}

bool is_same_machine(const std::string& a, const std::string& b) {
  const auto usual = [](const std::string& name) { return name == "arm64" ? std::string("aarch64") : name; };
  return usual(a) == usual(b);
}

}  // namespace torchup
