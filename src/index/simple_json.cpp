#include "torchup/system/http_policy.hpp"

#include "src/index/page_error.hpp"
#include "src/index/project_page.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace torchup {
namespace {

using Json = nlohmann::json;

constexpr std::size_t k_deepest = 64;
constexpr std::size_t k_most_keys = 1000;  // of one object; index pages have about ten

/// What the reader is inside of; `other` is everything that it passes over.
enum class Place { root, meta, files, file, hashes, metadata, other };

struct Level {
  Place place;
  std::string key = {};                // the member being read
  std::vector<std::string> keys = {};  // those read already: few, so looking through them is faster than a tree
};

/// A file object while its members come.
struct FileMembers {
  std::optional<std::string> filename, url, sha256, requires_python, yanked, upload_time;
  std::optional<std::uint64_t> size;
  std::optional<CoreMetadata> metadata;
  int metadata_rank = 0;  // of the three names that the key has had
};

int rank_of_metadata_key(std::string_view key) {
  if (key == "core-metadata") return 3;
  if (key == "dist-info-metadata") return 2;
  return key == "data-dist-info-metadata" ? 1 : 0;
}

class PageReader final : public nlohmann::json_sax<Json> {
 public:
  PageReader(const Url& base, const PackageName& name) : m_base(base), m_page{name, {}} {}

  Result<ProjectPage> read(std::string_view text) {
    const bool whole = Json::sax_parse(text, this);
    if (!m_refusal.empty()) return refuse_page(m_page.name, m_base, m_refusal);
    if (!whole || !m_files_seen) return refuse_page(m_page.name, m_base, "it is JSON without a list of files");
    return std::move(m_page);
  }

  bool null() override { return scalar(); }
  bool boolean(bool value) override {
    if (place() == Place::file && key() == "yanked" && value) m_file.yanked = "";
    if (place() == Place::file && value) take_metadata(std::nullopt);
    return scalar();
  }
  bool number_integer(number_integer_t) override {
    return key() != "size" || place() != Place::file || refuse("a file's size is negative");
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (place() == Place::file && key() == "size") m_file.size = value;
    return scalar();
  }
  bool number_float(number_float_t, const string_t&) override {
    return key() != "size" || place() != Place::file || refuse("a file's size is no whole number");
  }
  bool binary(binary_t&) override { return refuse("it holds binary data"); }

  bool string(string_t& value) override {
    if (value.size() > k_longest_page_string) return refuse("it holds a text that is too long");
    switch (place()) {
      case Place::root:
        return key() != "name" || check_name(value);
      case Place::meta:
        return key() != "api-version" || check_version(value);
      case Place::file:
        return take_file_text(value);
      case Place::hashes:
        if (key() == "sha256") m_file.sha256 = value;
        return true;
      case Place::metadata:
        if (key() == "sha256" && m_file.metadata) m_file.metadata->sha256 = digest_of(value);
        return true;
      default:
        return true;
    }
  }

  bool start_object(std::size_t) override { return enter(place_of_object()); }
  bool start_array(std::size_t) override {
    const bool files = place() == Place::root && key() == "files";
    m_files_seen |= files;
    return enter(files ? Place::files : Place::other);
  }
  bool key(string_t& name) override {
    if (name.size() > k_longest_page_string) return refuse("it holds a key that is too long");
    Level& level = m_levels.back();
    if (std::find(level.keys.begin(), level.keys.end(), name) != level.keys.end())
      return refuse(fmt::format("it holds the key `{}` twice", name.substr(0, 100)));
    if (level.keys.size() == k_most_keys) return refuse("it holds an object with too many keys");
    level.keys.push_back(name);
    level.key = name;
    return true;
  }
  bool end_object() override {
    const bool file = place() == Place::file;
    m_levels.pop_back();
    return !file || add_file();
  }
  bool end_array() override {
    m_levels.pop_back();
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return refuse(fmt::format("it is not valid JSON at byte {}", position));
  }

 private:
  Place place() const { return m_levels.empty() ? Place::other : m_levels.back().place; }
  std::string_view key() const { return m_levels.empty() ? std::string_view() : std::string_view(m_levels.back().key); }
  bool scalar() { return !m_levels.empty() || refuse("it is no JSON object"); }

  bool refuse(std::string why) {
    if (m_refusal.empty()) m_refusal = std::move(why);
    return false;
  }

  bool enter(Place place) {
    if (m_levels.size() == k_deepest) return refuse(fmt::format("it is nested deeper than {} levels", k_deepest));
    if (place == Place::file) m_file = {};
    m_levels.push_back({place});
    return true;
  }

  Place place_of_object() {
    if (m_levels.empty()) return Place::root;
    if (place() == Place::files) return Place::file;
    if (place() == Place::root && key() == "meta") return Place::meta;
    if (place() == Place::file && key() == "hashes") return Place::hashes;
    if (place() == Place::file && take_metadata(std::nullopt)) return Place::metadata;
    return Place::other;
  }

  /// Notes that `.metadata` is offered, if the member says so by a better name than one before.
  bool take_metadata(std::optional<Sha256> sha256) {
    const int rank = rank_of_metadata_key(key());
    if (rank <= m_file.metadata_rank) return false;
    m_file.metadata = CoreMetadata{sha256};
    m_file.metadata_rank = rank;
    return true;
  }

  static std::optional<Sha256> digest_of(std::string_view hex) {
    const auto digest = Sha256::parse(hex);
    return digest ? std::optional(*digest) : std::nullopt;
  }

  bool take_file_text(const std::string& value) {
    if (key() == "filename") m_file.filename = value;
    if (key() == "url") m_file.url = value;
    if (key() == "requires-python") m_file.requires_python = value;
    if (key() == "yanked") m_file.yanked = value;
    if (key() == "upload-time") m_file.upload_time = value;
    return key() != "size" || refuse("a file's size is no number");
  }

  bool add_file() {
    if (!m_file.filename || !m_file.url) return refuse("it lists a file without name or URL");
    if (m_page.files.size() == k_most_page_files) return refuse("it lists too many files");
    auto url = link_target(m_base, *m_file.url);
    if (!url || m_file.filename->find('/') != std::string::npos) return true;  // one odd link does not spoil a page
    ProjectFile file{.filename = *m_file.filename, .url = *std::move(url)};
    if (m_file.sha256) file.sha256 = digest_of(*m_file.sha256);
    file.size = m_file.size;
    file.requires_python = std::move(m_file.requires_python);
    file.yanked = std::move(m_file.yanked);
    file.core_metadata = m_file.metadata;
    file.upload_time = std::move(m_file.upload_time);
    m_page.files.push_back(std::move(file));
    return true;
  }

  bool check_name(std::string_view text) {
    const auto name = PackageName::parse(text);
    return (name && *name == m_page.name) || refuse(fmt::format("it is the page of `{}`", text.substr(0, 100)));
  }

  bool check_version(std::string_view version) {
    const auto known = check_repository_version(version, m_page.name, m_base);
    if (!known) m_refusal = fmt::format("it has the format version `{}`, and only 1 is known", version.substr(0, 20));
    return known.has_value();
  }

  const Url& m_base;
  ProjectPage m_page;
  std::vector<Level> m_levels;
  FileMembers m_file;
  std::string m_refusal;
  bool m_files_seen = false;
};

}  // namespace

Result<ProjectPage> parse_simple_json(std::string_view text, const Url& base, const PackageName& name) {
  if (text.size() > k_page_limit) return refuse_page(name, base, "it is too large");
  return PageReader(base, name).read(text);
}

}  // namespace torchup
