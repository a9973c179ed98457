#pragma once
// Gzip-compressed tar archives in memory, well-formed or not: a ustar header a member, content padded to 512 bytes, and the gzip
// form without compression.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace torchup::test {

struct TarMember {
  std::string name;
  std::string content = {};
  char type = '0';  ///< '0' a file, '5' a folder, '2' a symbolic link, '1' a hard link.
  unsigned mode = 0644;
  std::string target = {};
};

inline std::string tar_header(const TarMember& member) {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
  const auto octal = [](std::uint64_t number, int digits) {
    char text[32];
    std::snprintf(text, sizeof(text), "%0*llo", digits, static_cast<unsigned long long>(number));
    return std::string(text);
  };
  put(0, member.name);
  put(100, octal(member.mode, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(member.content.size(), 11));
  put(136, octal(0, 11));
  put(148, "        ");
  header[156] = member.type;
  put(157, member.target);
  put(257, std::string("ustar\0"
                       "00",
                       8));
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6) + std::string("\0 ", 2));
  return header;
}

inline std::string tar_of(const std::vector<TarMember>& members) {
  std::string tar;
  for (const TarMember& member : members) {
    tar += tar_header(member) + member.content;
    tar.resize((tar.size() + 511) / 512 * 512, '\0');
  }
  return tar + std::string(1024, '\0');
}

/// RFC 1952 round stored deflate blocks (RFC 1951 3.2.4).
inline std::string gzip_of(const std::string& bytes) {
  const auto little = [](std::uint32_t number, int width) {
    std::string text;
    for (int i = 0; i < width; ++i) text += static_cast<char>((number >> (8 * i)) & 0xffU);
    return text;
  };
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  std::string gzip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
  std::size_t at = 0;
  do {
    const auto size = std::min<std::size_t>(bytes.size() - at, 65535);
    gzip += at + size == bytes.size() ? '\1' : '\0';
    gzip += little(static_cast<std::uint32_t>(size), 2) + little(static_cast<std::uint32_t>(~size & 0xffffU), 2) + bytes.substr(at, size);
    at += size;
  } while (at < bytes.size());
  return gzip + little(~crc, 4) + little(static_cast<std::uint32_t>(bytes.size()), 4);
}

inline std::string tar_gz_of(const std::vector<TarMember>& members) { return gzip_of(tar_of(members)); }

}  // namespace torchup::test
