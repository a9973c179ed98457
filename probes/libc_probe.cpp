// Which C library do the programs of this host load? Our own says nothing about it: we may be linked statically or be looking
// at another machine's record, so the host's loader is asked.
#include "torchup/probes/probe.hpp"

#include "probes/shared/libc_text.hpp"
#include "probes/shared/macos.hpp"
#include "probes/shared/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace torchup {

extern const Probe libc_probe;

namespace {

constexpr std::chrono::seconds k_limit{5};

/// The C library and what told it.
using Found = std::optional<Fact<Libc>>;

Found ask(HostSystem& host, const std::vector<std::string>& command) {
  const auto answer = host.ask(command, k_limit);
  if (!answer) return std::nullopt;
  // glibc's tools answer on standard output, musl's loader on standard error with status 1.
  for (const auto& text : {answer->out, answer->err}) {
    auto libc = parse_glibc_banner(text);
    if (!libc) libc = parse_musl_banner(text);
    if (libc) return Fact<Libc>{*libc, {fmt::format("{}", fmt::join(command, " ")), std::string(trimmed(lines_of(text).front()))}};
  }
  return std::nullopt;
}

/// Loaders before glibc 2.33 cannot be asked; until then they were links to `ld-2.31.so`.
Found from_link(HostSystem& host, const std::string& loader) {
  const auto target = host.read_link(loader);
  const auto at = target ? target->rfind("ld-") : std::string::npos;
  if (at == std::string::npos || !target->ends_with(".so")) return std::nullopt;
  auto version = NumericVersion::parse(std::string_view(*target).substr(at + 3, target->size() - at - 6));
  if (!version) return std::nullopt;
  return Fact<Libc>{{"glibc", *version}, {loader, *target}};
}

std::string musl_loader(HostSystem& host) {
  for (const auto& name : host.list_directory("/lib").value_or(std::vector<std::string>{})) {
    if (name.starts_with("ld-musl-") && name.ends_with(".so.1")) return "/lib/" + name;
  }
  return {};
}

std::string glibc_loader(HostSystem& host) {
  constexpr std::array k_loaders = {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux.so.2"};
  const auto* const at = std::find_if(k_loaders.begin(), k_loaders.end(), [&](const char* path) { return host.exists(path); });
  return at == k_loaders.end() ? "" : *at;
}

Found find_libc(HostSystem& host) {
  const auto glibc = glibc_loader(host), musl = musl_loader(host);
  // Both lie there on a Debian with musl's package, and on an Alpine with gcompat: `ldd` belongs to the one that the system uses.
  if (glibc.empty() == musl.empty()) {
    if (auto found = ask(host, {"ldd", "--version"})) return found;
  }
  if (!glibc.empty()) {
    if (auto found = ask(host, {glibc, "--version"})) return found;
    if (auto found = from_link(host, glibc)) return found;
    if (auto found = ask(host, {"ldd", "--version"})) return found;
  }
  return musl.empty() ? std::nullopt : ask(host, {musl});
}

void run_libc_probe(HostSystem& host, HostFacts& facts) {
  // Only Linux has a choice of C libraries.
  if (is_macos(host)) return;
  if (auto found = find_libc(host)) {
    facts.libc = *found;
  } else {
    facts.libc = ProbeFailure{"libc", "neither a loader of glibc or musl nor `ldd --version` said which C library this is"};
  }
}

}  // namespace

constinit const Probe libc_probe = {.name = "libc", .describes = "C library and its version", .run = run_libc_probe, .tells_target = true};

}  // namespace torchup
