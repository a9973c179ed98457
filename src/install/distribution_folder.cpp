#include "src/install/distribution_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>

namespace torchup {
namespace {

std::optional<DistributionFolder> parse(const std::string& folder) {
  constexpr std::string_view k_end = ".dist-info";
  const std::size_t dash = folder.rfind('-', folder.size() - std::min(folder.size(), k_end.size()) - 1);
  if (!folder.ends_with(k_end) || folder.size() == k_end.size() || dash == std::string::npos) return std::nullopt;
  auto name = PackageName::parse(folder.substr(0, dash));
  auto version = Version::parse(folder.substr(dash + 1, folder.size() - dash - 1 - k_end.size()));
  if (!name || !version) return std::nullopt;
  return DistributionFolder{*std::move(name), *std::move(version), folder};
}

}  // namespace

Result<std::vector<DistributionFolder>> distribution_folders(const std::filesystem::path& site_packages) {
  std::vector<DistributionFolder> found;
  std::error_code code;
  std::filesystem::directory_iterator entry(site_packages, code);
  for (; !code && entry != std::filesystem::directory_iterator(); entry.increment(code)) {
    if (auto folder = parse(entry->path().filename().string())) found.push_back(*std::move(folder));
  }
  if (code) return failure({ErrorKind::host, fmt::format("`{}` cannot be read: {}", site_packages.string(), code.message()), {}, {}});
  std::ranges::sort(found, {}, &DistributionFolder::folder);
  return found;
}

}  // namespace torchup
