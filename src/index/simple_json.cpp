#include "torchup/system/http_policy.hpp"

#include "src/index/page_error.hpp"
#include "src/index/project_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <simdjson.h>

namespace torchup {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t k_deepest = 64;
constexpr std::size_t k_most_keys = 1000;  // of one object; index pages have about ten

/// The `core-metadata` member under its newest name and those that it had before (PEP 714), by descending rank.
int rank_of_metadata_key(std::string_view key) {
  if (key == "core-metadata") return 3;
  if (key == "dist-info-metadata") return 2;
  return key == "data-dist-info-metadata" ? 1 : 0;
}

std::string why_unreadable(simdjson::error_code code) {
  if (code == simdjson::DEPTH_ERROR) return fmt::format("it is nested deeper than {} levels", k_deepest);
  if (code == simdjson::NUMBER_ERROR) return "it holds a number that cannot be read";
  return "it is not valid JSON";
}

std::optional<Sha256> sha256_of(const dom::object& hashes) {
  std::string_view hex;
  if (hashes["sha256"].get(hex) != simdjson::SUCCESS) return std::nullopt;
  const auto digest = Sha256::parse(hex);
  return digest ? std::optional(*digest) : std::nullopt;
}

/// A value's text where it is one.
std::optional<std::string_view> text_of(dom::element value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::optional(text) : std::nullopt;
}

bool is_true(dom::element value) {
  bool flag = false;
  return value.get(flag) == simdjson::SUCCESS && flag;
}

class PageReader {
 public:
  PageReader(const Url& base, const PackageName& name) : m_base(base), m_page{name, {}, {}} {}

  Result<ProjectPage> read(std::string_view text) {
    dom::parser parser;
    // One level more than may be: the parser counts the document itself.
    auto problem = parser.allocate(std::max<std::size_t>(text.size(), 1), k_deepest + 1);
    dom::element document;
    if (problem == simdjson::SUCCESS) problem = parser.parse(text.data(), text.size()).get(document);
    if (problem != simdjson::SUCCESS) return refuse(why_unreadable(problem));
    if (document.is_array()) return refuse("it is JSON without a list of files");
    dom::object root;
    if (document.get(root) != simdjson::SUCCESS) return refuse("it is no JSON object");
    TORCHUP_TRY(check_keys(root));
    TORCHUP_TRY(read_head(root));
    TORCHUP_TRY(read_status(root));
    dom::array files;
    if (root["files"].get(files) != simdjson::SUCCESS) return refuse("it is JSON without a list of files");
    m_page.files.reserve(std::min(files.size(), k_most_page_files));
    for (const dom::element file : files) {
      dom::object members;
      if (file.get(members) == simdjson::SUCCESS) TORCHUP_TRY(read_file(members));
    }
    return std::move(m_page);
  }

 private:
  tl::unexpected<Error> refuse(std::string_view why) const { return refuse_page(m_page.name, m_base, why); }

  /// What stands twice could be read in two ways.
  Status check_keys(const dom::object& object) {
    m_keys.clear();
    for (const auto member : object) {
      if (member.key.size() > k_longest_page_string) return refuse("it holds a key that is too long");
      if (std::find(m_keys.begin(), m_keys.end(), member.key) != m_keys.end()) {
        return refuse(fmt::format("it holds the key `{}` twice", member.key.substr(0, 100)));
      }
      if (m_keys.size() == k_most_keys) return refuse("it holds an object with too many keys");
      m_keys.push_back(member.key);
    }
    return {};
  }

  Status read_head(const dom::object& root) {
    std::string_view text;
    if (root["name"].get(text) == simdjson::SUCCESS) {
      const auto name = PackageName::parse(text);
      if (!name || *name != m_page.name) return refuse(fmt::format("it is the page of `{}`", text.substr(0, 100)));
    }
    if (root["meta"]["api-version"].get(text) == simdjson::SUCCESS) return check_repository_version(text, m_page.name, m_base);
    return {};
  }

  Status read_status(const dom::object& root) {
    dom::object status;
    std::string_view marker;
    if (root["project-status"].get(status) != simdjson::SUCCESS) return {};
    TORCHUP_TRY(check_keys(status));
    if (status["status"].get(marker) != simdjson::SUCCESS) return {};
    const auto given = status["reason"];
    const std::string_view reason = given.is_string() ? std::string_view(given) : std::string_view();
    if (reason.size() > k_longest_page_string) return refuse("it holds a text that is too long");
    if (const auto known = parse_status_marker(marker)) m_page.status = ProjectStatus{*known, std::string(reason)};
    return {};
  }

  Status read_file(const dom::object& members) {
    TORCHUP_TRY(check_keys(members));
    if (m_page.files.size() == k_most_page_files) return refuse("it lists too many files");
    std::string_view filename, link;
    if (members["filename"].get(filename) != simdjson::SUCCESS || members["url"].get(link) != simdjson::SUCCESS) {
      return refuse("it lists a file without name or URL");
    }
    if (std::max(filename.size(), link.size()) > k_longest_page_string) return refuse("it holds a text that is too long");
    auto url = link_target(m_base, link);
    if (!url || filename.find('/') != std::string_view::npos) return {};  // one odd link does not spoil a page
    ProjectFile file{.filename = std::string(filename), .url = *std::move(url)};
    m_metadata_rank = 0;
    for (const auto member : members) TORCHUP_TRY(take_member(file, member.key, member.value));
    m_page.files.push_back(std::move(file));
    return {};
  }

  Status take_member(ProjectFile& file, std::string_view key, dom::element value) {
    if (const int rank = rank_of_metadata_key(key); rank > m_metadata_rank) return take_metadata(file, rank, value);
    if (key == "hashes") return take_hashes(file, value);
    if (key == "size") return take_size(file, value);
    const auto text = text_of(value);
    if (text && text->size() > k_longest_page_string) return refuse("it holds a text that is too long");
    if (key == "yanked" && is_true(value)) file.yanked = "";
    if (!text) return {};
    if (key == "requires-python") file.requires_python = *text;
    if (key == "yanked") file.yanked = *text;
    if (key == "upload-time") file.upload_time = *text;
    return {};
  }

  Status take_hashes(ProjectFile& file, dom::element value) {
    dom::object hashes;
    if (value.get(hashes) != simdjson::SUCCESS) return {};
    TORCHUP_TRY(check_keys(hashes));
    file.sha256 = sha256_of(hashes);
    return {};
  }

  /// `.metadata` is there: with its hashes, or as `true` without.
  Status take_metadata(ProjectFile& file, int rank, dom::element value) {
    dom::object hashes;
    const bool hashed = value.get(hashes) == simdjson::SUCCESS;
    if (!hashed && !is_true(value)) return {};
    m_metadata_rank = rank;
    file.core_metadata = CoreMetadata{};
    if (!hashed) return {};
    TORCHUP_TRY(check_keys(hashes));
    file.core_metadata->sha256 = sha256_of(hashes);
    return {};
  }

  Status take_size(ProjectFile& file, dom::element value) {
    std::uint64_t size = 0;
    if (value.get(size) == simdjson::SUCCESS) {
      file.size = size;
    } else if (value.is_int64()) {
      return refuse("a file's size is negative");
    } else if (value.is_double()) {
      return refuse("a file's size is no whole number");
    } else if (value.is_string()) {
      return refuse("a file's size is no number");
    }
    return {};
  }

  const Url& m_base;
  ProjectPage m_page;
  std::vector<std::string_view> m_keys;  // of the object looked at: few, so looking through them is faster than a tree
  int m_metadata_rank = 0;
};

}  // namespace

Result<ProjectPage> parse_simple_json(std::string_view text, const Url& base, const PackageName& name) {
  if (text.size() > k_page_limit) return refuse_page(name, base, "it is too large");
  return PageReader(base, name).read(text);
}

}  // namespace torchup
