#include "torchup/resolver/export_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace torchup {
namespace {

/// The newest Python that the lock admits; nothing where it sets no limit.
std::optional<std::string> newest_python(const Lockfile& lock) {
  constexpr int k_last_minor = 99;
  if (!lock.requires_python) return std::nullopt;
  for (int minor = k_last_minor; minor > 0; --minor) {
    const std::string text = fmt::format("3.{}", minor);
    if (!lock.requires_python->contains(Version::parse(text).value())) continue;
    return minor == k_last_minor ? std::nullopt : std::optional(text);
  }
  return std::nullopt;
}

bool is_for_cuda(const Lockfile& lock, const Extras& extras) {
  const auto is_cuda = [](const std::string& variant) { return variant.starts_with("cu"); };
  return is_cuda(lock.tool.variant) || std::any_of(extras.begin(), extras.end(), is_cuda);
}

}  // namespace

std::string dockerfile_text(const Lockfile& lock, const Extras& extras) {
  std::string text = "# syntax=docker/dockerfile:1\n";
  text += fmt::format("FROM python:{}-slim\n", newest_python(lock).value_or("3"));
  // The image has no driver: NVIDIA's container runtime puts the host's into it where these are set.
  if (is_for_cuda(lock, extras)) text += "ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility\n";
  text += "COPY <<'REQUIREMENTS' /tmp/requirements.txt\n" + requirements_text(lock, extras) + "REQUIREMENTS\n";
  return text + "RUN python -m pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt && rm /tmp/requirements.txt\n";
}

}  // namespace torchup
