#include "src/store/manifest_file.hpp"

#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <charconv>
#include <span>

namespace torchup {
namespace {

constexpr std::string_view k_form = "torchup-manifest 1";
constexpr std::size_t k_digits = 64;

tl::unexpected<Error> refuse(std::string_view why) { return failure({ErrorKind::integrity, fmt::format("the manifest {}", why), {}, {}}); }

/// Takes the text up to the separator off the front; the whole rest where there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

Result<std::string_view> take_field(std::string_view& text, std::string_view key) {
  std::string_view line = take_until(text, '\n');
  if (take_until(line, ' ') != key) return refuse(fmt::format("lacks its line `{}`", key));
  return line;
}

Result<std::uint64_t> parse_size(std::string_view digits) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (error != std::errc() || end != digits.data() + digits.size()) return refuse(fmt::format("has `{}` for a size", digits));
  return size;
}

/// One line: `x 1234 <sha256> torch/lib/libc10.so`; `-` instead of `x` for what is not executable.
Result<TreeFile> parse_file(std::string_view line) {
  const std::string_view kind = take_until(line, ' ');
  if (kind != "x" && kind != "-") return refuse(fmt::format("has `{}` for a kind of file", kind));
  TORCHUP_TRY_ASSIGN(const std::uint64_t size, parse_size(take_until(line, ' ')));
  TORCHUP_TRY_ASSIGN(const Sha256 digest, Sha256::parse(take_until(line, ' ')));
  if (line.empty()) return refuse("has a file without a path");
  return TreeFile{.path = std::string(line), .size = size, .sha256 = digest, .executable = kind == "x"};
}

/// The text before the closing line, once its digest holds.
Result<std::string_view> check_digest(std::string_view text) {
  constexpr std::string_view key = "sha256 ";
  constexpr std::size_t closing = key.size() + k_digits + 1;
  if (text.size() < closing || !text.ends_with('\n')) return refuse("is cut short");
  const std::string_view body = text.substr(0, text.size() - closing);
  const std::string_view line = text.substr(body.size(), closing - 1);
  if (!line.starts_with(key) || line.substr(key.size()) != sha256(std::as_bytes(std::span(body))).hex()) {
    return refuse("does not match its own digest");
  }
  return body;
}

}  // namespace

std::string print_manifest(const ArtifactManifest& manifest) {
  std::string text = fmt::format("{}\nname {}\nversion {}\nwheel {}\nfiles {}\n", k_form, manifest.name.text(), manifest.version.text(),
                                 manifest.wheel, manifest.files.size());
  for (const TreeFile& file : manifest.files) {
    text += fmt::format("{} {} {} {}\n", file.executable ? 'x' : '-', file.size, file.sha256.hex(), file.path);
  }
  text += fmt::format("sha256 {}\n", sha256(std::as_bytes(std::span(text))).hex());
  return text;
}

bool is_manifest(std::string_view text) {
  return text.starts_with(k_form) && text.substr(k_form.size()).starts_with('\n') && check_digest(text).has_value();
}

Result<ArtifactManifest> parse_manifest(std::string_view text) {
  TORCHUP_TRY_ASSIGN(std::string_view rest, check_digest(text));
  if (take_until(rest, '\n') != k_form) return refuse("is of a form that this version does not read");
  TORCHUP_TRY_ASSIGN(const std::string_view name_text, take_field(rest, "name"));
  TORCHUP_TRY_ASSIGN(PackageName name, PackageName::parse(name_text));
  TORCHUP_TRY_ASSIGN(const std::string_view version_text, take_field(rest, "version"));
  TORCHUP_TRY_ASSIGN(Version version, Version::parse(version_text));
  TORCHUP_TRY_ASSIGN(const std::string_view wheel, take_field(rest, "wheel"));
  TORCHUP_TRY_ASSIGN(const std::string_view count_text, take_field(rest, "files"));
  TORCHUP_TRY_ASSIGN(const std::uint64_t count, parse_size(count_text));

  ArtifactManifest manifest{.name = std::move(name), .version = std::move(version), .wheel = std::string(wheel), .files = {}};
  while (!rest.empty()) {
    TORCHUP_TRY_ASSIGN(TreeFile file, parse_file(take_until(rest, '\n')));
    manifest.files.push_back(std::move(file));
  }
  if (manifest.files.size() != count) return refuse("counts other files than it lists");
  return manifest;
}

}  // namespace torchup
