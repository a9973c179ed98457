#include "src/commands/former_lock.hpp"

#include "src/install/install.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace torchup {
namespace {

const LockedPackage* find_package(const std::vector<LockedPackage>& packages, const PackageName& name) {
  const auto found = std::ranges::find(packages, name, &LockedPackage::name);
  return found == packages.end() ? nullptr : &*found;
}

bool applies(const Requirement& requirement, const MarkerEnvironment& environment) {
  return !requirement.marker || requirement.marker->evaluate(environment);
}

bool is_held(const std::vector<LockedPackage>& held, const Requirement& requirement) {
  const LockedPackage* const package = find_package(held, requirement.name);
  return package != nullptr && !requirement.url && requirement.specifiers.contains(package->version);
}

/// A lock does not say which extras its packages were taken with; what was asked for does.
bool has_extras(const Lockfile& former, const Requirement& wanted) {
  if (wanted.extras.empty()) return true;
  return std::ranges::any_of(former.tool.requests, [&](const std::string& text) {
    const auto requirement = Requirement::parse(text);
    return requirement && requirement->name == wanted.name && std::ranges::includes(requirement->extras, wanted.extras);
  });
}

}  // namespace

void forget_versions(Lockfile& former, const std::vector<PackageName>& names, const VariantCatalog& catalog) {
  std::set<PackageName> forgotten(names.begin(), names.end());
  const auto& family = torch_family(catalog);
  const bool moves_family = std::any_of(
      names.begin(), names.end(), [&](const PackageName& name) { return std::binary_search(family.begin(), family.end(), name.text()); });
  if (moves_family) {
    for (const auto& member : family) forgotten.insert(PackageName::parse(member).value());
  }
  std::erase_if(former.packages, [&](const LockedPackage& package) { return forgotten.contains(package.name); });
}

Result<Lockfile> lock_of_generation(const Generation& generation) {
  TORCHUP_TRY_ASSIGN(const std::optional<std::string> text, read_generation_lock(generation));
  if (text) {
    if (auto lock = read_lock(*text)) return *std::move(lock);
  }
  Lockfile lock;
  for (const InstalledPackage& package : generation.packages) {
    lock.packages.push_back({.name = package.name, .version = package.version});
    if (package.requested) lock.tool.requests.push_back(package.name.text());
  }
  return lock;
}

Result<std::optional<Lockfile>> lock_of_environment(const std::filesystem::path& root) {
  TORCHUP_TRY_ASSIGN(const std::optional<Generation> generation, generation_in_use(root));
  if (!generation || generation->kind != EnvironmentKind::python) return std::nullopt;
  return lock_of_generation(*generation).map([](Lockfile lock) { return std::optional(std::move(lock)); });
}

std::string kept_variant(const Lockfile& former) {
  const LockedPackage* const torch = find_package(former.packages, PackageName::parse("torch").value());
  if (torch == nullptr || former.tool.variant.empty()) return "auto";
  const bool is_of_its_own_index = torch->index && torch->index->text().find("/" + former.tool.variant) != std::string::npos;
  return is_of_its_own_index ? former.tool.variant : "default";
}

bool is_kept_variant(const std::string& wished, const Lockfile& former) {
  const bool has_torch = find_package(former.packages, PackageName::parse("torch").value()) != nullptr;
  return wished.empty() || !has_torch || wished == kept_variant(former);
}

Status keep_requests(LockWish& wish, const Lockfile& former) {
  std::set<PackageName> named;
  for (const Requirement& requirement : wish.list.requirements) named.insert(requirement.name);
  for (const std::string& text : former.tool.requests) {
    TORCHUP_TRY_ASSIGN(Requirement requirement, with_context(Requirement::parse(text), "while reading the environment's lock"));
    if (named.contains(requirement.name)) continue;
    wish.requests.push_back(text);
    wish.kept_requests.push_back(text);
    wish.list.requirements.push_back(std::move(requirement));
  }
  wish.former = former;
  return {};
}

std::optional<std::string> hint_of_kept(const LockWish& wish, const Explanation& explanation) {
  std::vector<std::string> named;
  std::string anew;
  for (const std::string& text : wish.kept_requests) {
    const auto requirement = Requirement::parse(text);
    if (!requirement || requirement->specifiers.empty() || explanation.text.find(requirement->text()) == std::string::npos) continue;
    named.push_back(text);
    anew += " " + requirement->name.text();
  }
  if (named.empty()) return std::nullopt;
  return fmt::format("the environment was made from {} before; name the package anew to let it move:{}", fmt::join(named, ", "), anew);
}

bool is_answered(const LockWish& wish, const Lockfile& former, const MarkerEnvironment& environment) {
  const RequirementList& list = wish.list;
  const bool tells_more = !list.overrides.empty() || !list.hashes.empty() || list.index || list.prereleases || !list.pythons.empty() ||
                          wish.exclude_newer || wish.order != VersionOrder::highest || wish.repairs != Repairs::apply ||
                          wish.prereleases != PrereleasePolicy::if_necessary || !wish.index_url.empty() || !wish.torch_index_url.empty() ||
                          !former.tool.variants.empty();
  if (tells_more) return false;
  const auto held = select_packages(former, environment);
  if (!held) return false;
  const bool all_there = std::ranges::all_of(list.requirements, [&](const Requirement& requirement) {
    return !applies(requirement, environment) || (is_held(*held, requirement) && has_extras(former, requirement));
  });
  return all_there && std::ranges::all_of(list.constraints, [&](const Requirement& constraint) {
           return !applies(constraint, environment) || find_package(*held, constraint.name) == nullptr || is_held(*held, constraint);
         });
}

}  // namespace torchup
