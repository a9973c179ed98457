#include "src/bundle/bundle_contents.hpp"

#include "torchup/resolver/wheel_name.hpp"
#include "torchup/system/hash.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

namespace torchup {
namespace {

using Json = nlohmann::ordered_json;

Sha256 sha256_of(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

/// "linux-x86_64" of "manylinux_2_28_x86_64"; empty where any platform does.
std::string platform_of(const std::string& tag) {
  const auto ends = [&](std::string_view end) { return tag.ends_with(end); };
  const std::string machine = ends("x86_64") || ends("amd64") ? "x86_64" : ends("aarch64") ? "aarch64" : ends("arm64") ? "arm64" : "";
  if (machine.empty()) return "";
  if (tag.find("linux") != std::string::npos) return "linux-" + machine;
  if (tag.starts_with("macosx")) return "macos-" + machine;
  return tag.starts_with("win") ? "windows-" + machine : "";
}

/// The wheels of one content, which several places on the network may have.
struct Wheel {
  LockedFile file;
  std::set<std::string> urls = {};
};

/// One project on one index.
struct Page {
  std::string name;
  std::map<std::string, Json> files = {};  // by file name and URL
  std::set<std::string> versions = {};
};

class Planner {
 public:
  explicit Planner(const BundleContents& contents) : m_contents(contents) {}

  Result<PlannedBundle> plan() {
    for (const LockedFile& file : m_contents.wheels) {
      Wheel& wheel = m_wheels.try_emplace({file.name, file.sha256}, Wheel{file}).first->second;
      wheel.urls.insert(file.url.text());
    }
    for (std::size_t i = 0; i < m_contents.locks.size(); ++i) TORCHUP_TRY(add_lock(i));
    add_text({.path = "catalog.json", .kind = MemberKind::catalog, .sha256 = sha256_of("")}, m_contents.catalog);
    TORCHUP_TRY(add_pages());
    TORCHUP_TRY(add_wheels());
    m_planned.manifest.requests.assign(m_requests.begin(), m_requests.end());
    m_planned.manifest.platforms.assign(m_platforms.begin(), m_platforms.end());
    const std::set<std::string> variants(m_contents.variants.begin(), m_contents.variants.end());
    m_planned.manifest.variants.assign(variants.begin(), variants.end());
    return std::move(m_planned);
  }

 private:
  void add_text(BundleMember member, std::string text) {
    member.size = text.size();
    member.sha256 = sha256_of(text);
    m_planned.manifest.members.push_back(std::move(member));
    m_planned.texts.push_back(std::move(text));
  }

  Status add_lock(std::size_t place) {
    const std::string path = place == 0 ? "pylock.toml" : fmt::format("pylock.{}.toml", place + 1);
    TORCHUP_TRY_ASSIGN(const Lockfile lock, with_context(read_lock(m_contents.locks[place]), fmt::format("while reading `{}`", path)));
    add_text({.path = path, .kind = MemberKind::lock, .sha256 = sha256_of("")}, m_contents.locks[place]);
    m_requests.insert(lock.tool.requests.begin(), lock.tool.requests.end());
    for (const LockedPackage& package : lock.packages) {
      for (const LockedFile& file : package.wheels) offer(package, file);
    }
    return {};
  }

  void offer(const LockedPackage& package, const LockedFile& file) {
    const auto wheel = m_wheels.find({file.name, file.sha256});
    if (wheel == m_wheels.end()) return;  // of another target
    wheel->second.urls.insert(file.url.text());
    Json entry = {{"filename", file.name},
                  {"url", file.url.text()},
                  {"hashes", {{"sha256", file.sha256.hex()}}},
                  {"size", wheel->second.file.size.value_or(0)}};
    if (package.requires_python) entry["requires-python"] = package.requires_python->text();
    if (file.upload_time) entry["upload-time"] = *file.upload_time;
    Page& page = m_pages.try_emplace({index_in_bundle(package).text(), package.name.text()}, Page{package.name.text()}).first->second;
    page.files.insert_or_assign(file.name + " " + file.url.text(), std::move(entry));
    page.versions.insert(package.version.text());
  }

  /// simple/0/torch.json: the number tells indexes apart.
  Status add_pages() {
    std::map<std::string, std::size_t> numbers;
    for (const auto& [place, page] : m_pages) numbers.try_emplace(place.first, numbers.size());
    for (const auto& [place, page] : m_pages) {
      TORCHUP_TRY_ASSIGN(const Url index, Url::parse(place.first));
      const std::string slash = index.path().ends_with('/') ? "" : "/";
      TORCHUP_TRY_ASSIGN(Url url, index.with_path(index.path() + slash + page.name + "/"));
      Json files = Json::array();
      for (const auto& [name, file] : page.files) files.push_back(file);
      const Json document = {
          {"meta", {{"api-version", "1.1"}}}, {"name", page.name}, {"versions", page.versions}, {"files", std::move(files)}};
      BundleMember member{.path = fmt::format("simple/{}/{}.json", numbers.at(place.first), page.name),
                          .kind = MemberKind::page,
                          .sha256 = sha256_of(""),
                          .urls = {std::move(url)}};
      add_text(std::move(member), document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
    }
    return {};
  }

  /// As published, under the name that pip looks for; where two differ under one name, the others lie in folders of their own.
  Status add_wheels() {
    std::set<std::string> names;
    for (auto& [key, wheel] : m_wheels) {
      const bool is_first = names.insert(wheel.file.name).second;
      BundleMember member{
          .path = is_first ? "wheels/" + wheel.file.name : fmt::format("wheels/{}/{}", wheel.file.sha256.hex(), wheel.file.name),
          .kind = MemberKind::wheel,
          .size = wheel.file.size.value_or(0),
          .sha256 = wheel.file.sha256};
      for (const std::string& text : wheel.urls) {
        TORCHUP_TRY_ASSIGN(Url url, Url::parse(text));
        member.urls.push_back(std::move(url));
      }
      TORCHUP_TRY_ASSIGN(const WheelName name, WheelName::parse(wheel.file.name));
      for (const Tag& tag : name.tags) {
        if (std::string platform = platform_of(tag.platform); !platform.empty()) m_platforms.insert(std::move(platform));
      }
      m_planned.manifest.members.push_back(std::move(member));
      m_planned.wheels.push_back(wheel.file);
    }
    return {};
  }

  const BundleContents& m_contents;
  PlannedBundle m_planned;
  std::map<std::pair<std::string, Sha256>, Wheel> m_wheels;  // by name and content
  std::map<std::pair<std::string, std::string>, Page> m_pages;
  std::set<std::string> m_requests, m_platforms;
};

}  // namespace

Url index_in_bundle(const LockedPackage& package) {
  return package.index ? *package.index : Url::parse("https://bundle.invalid/simple/").value();
}

Result<PlannedBundle> plan_bundle(const BundleContents& contents) { return Planner(contents).plan(); }

}  // namespace torchup
