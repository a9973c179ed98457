#pragma once
// Writes small shared objects for tests: a header, one loaded segment, a dynamic section and its texts; no code.

#include <cstdint>
#include <cstring>
#include <elf.h>
#include <string>
#include <utility>
#include <vector>

namespace torchup::test {

class ElfBuilder {
 public:
  ElfBuilder& machine(std::uint16_t machine) { return m_machine = machine, *this; }
  ElfBuilder& needed(const std::string& name) { return entry(DT_NEEDED, text(name)); }
  ElfBuilder& soname(const std::string& name) { return entry(DT_SONAME, text(name)); }
  ElfBuilder& rpath(const std::string& directories) { return entry(DT_RPATH, text(directories)); }
  ElfBuilder& runpath(const std::string& directories) { return entry(DT_RUNPATH, text(directories)); }
  ElfBuilder& version_need(const std::string& library, const std::string& version) {
    m_needs.emplace_back(text(library), text(version));
    return *this;
  }
  ElfBuilder& version_definition(const std::string& version) {
    m_definitions.push_back(text(version));
    return *this;
  }

  std::string build() const {
    auto dynamic = m_dynamic;
    const std::uint64_t strings = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
    const std::uint64_t needs = strings + m_strings.size();
    const std::uint64_t definitions = needs + m_needs.size() * (sizeof(Elf64_Verneed) + sizeof(Elf64_Vernaux));
    const std::uint64_t dynamic_start = definitions + m_definitions.size() * (sizeof(Elf64_Verdef) + sizeof(Elf64_Verdaux));
    dynamic.emplace_back(DT_STRTAB, strings);
    if (!m_needs.empty()) dynamic.insert(dynamic.end(), {{DT_VERNEED, needs}, {DT_VERNEEDNUM, m_needs.size()}});
    if (!m_definitions.empty()) dynamic.insert(dynamic.end(), {{DT_VERDEF, definitions}, {DT_VERDEFNUM, m_definitions.size()}});
    dynamic.emplace_back(DT_NULL, 0);
    const std::uint64_t dynamic_size = dynamic.size() * sizeof(Elf64_Dyn);

    std::string out;
    append(out, header());
    append(out, segment(PT_LOAD, 0, dynamic_start + dynamic_size));
    append(out, segment(PT_DYNAMIC, dynamic_start, dynamic_size));
    out += m_strings;
    for (const auto& [library, version] : m_needs) append_need(out, library, version);
    for (const std::uint32_t version : m_definitions) append_definition(out, version);
    for (const auto& [tag, value] : dynamic) {
      Elf64_Dyn item{};
      item.d_tag = tag;
      item.d_un.d_val = value;
      append(out, item);
    }
    return out;
  }

 private:
  ElfBuilder& entry(std::int64_t tag, std::uint64_t value) {
    m_dynamic.emplace_back(tag, value);
    return *this;
  }

  std::uint32_t text(const std::string& value) {
    const auto place = static_cast<std::uint32_t>(m_strings.size());
    m_strings += value;
    m_strings += '\0';
    return place;
  }

  template <class T>
  static void append(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }

  Elf64_Ehdr header() const {
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_DYN;
    header.e_machine = m_machine;
    header.e_phoff = sizeof(Elf64_Ehdr);
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = 2;
    return header;
  }

  static Elf64_Phdr segment(std::uint32_t type, std::uint64_t offset, std::uint64_t size) {
    Elf64_Phdr segment{};
    segment.p_type = type;
    segment.p_offset = segment.p_vaddr = offset;
    segment.p_filesz = segment.p_memsz = size;
    return segment;
  }

  static void append_need(std::string& out, std::uint32_t library, std::uint32_t version) {
    Elf64_Verneed need{};
    need.vn_cnt = 1;
    need.vn_file = library;
    need.vn_aux = sizeof(Elf64_Verneed);
    need.vn_next = sizeof(Elf64_Verneed) + sizeof(Elf64_Vernaux);
    append(out, need);
    Elf64_Vernaux auxiliary{};
    auxiliary.vna_name = version;
    append(out, auxiliary);
  }

  static void append_definition(std::string& out, std::uint32_t version) {
    Elf64_Verdef definition{};
    definition.vd_cnt = 1;
    definition.vd_aux = sizeof(Elf64_Verdef);
    definition.vd_next = sizeof(Elf64_Verdef) + sizeof(Elf64_Verdaux);
    append(out, definition);
    Elf64_Verdaux auxiliary{};
    auxiliary.vda_name = version;
    append(out, auxiliary);
  }

  std::uint16_t m_machine = EM_X86_64;
  std::string m_strings = std::string(1, '\0');
  std::vector<std::pair<std::int64_t, std::uint64_t>> m_dynamic;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> m_needs;
  std::vector<std::uint32_t> m_definitions;
};

}  // namespace torchup::test
