#pragma once
// What the index client keeps between runs: pages for as long as they are fresh (and for --offline), what they meant for a
// target for as long as they stay the same, what was resolved from them, and the METADATA of wheels for ever. Keys and files hold no
// credentials.

#include "src/index/cache_writer.hpp"
#include "src/index/judged_page.hpp"
#include "src/index/project_page.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace torchup {

/// A page as it came.
struct CachedPage {
  Url url;  ///< Where it came from, after redirects.
  std::string content_type, etag, last_modified, body;
  std::chrono::system_clock::time_point fresh_until;
  std::string digest = {};  ///< The body's, as the cache has it; empty where the page is not in the cache.
};

/// A wheel's METADATA, or an sdist's PKG-INFO, and its sizes where they were learned on the way.
struct RawMetadata {
  std::string text;
  std::optional<std::uint64_t> wheel_size = {};
  std::optional<std::uint64_t> unpacked_bytes = {};  ///< As the archive's directory says.
  bool dynamic = false;                              ///< Of an sdist that only a build can tell (PEP 643).
};

/// What a file was when it was read whole: of files whose hash no index gives.
struct HashedFile {
  Sha256 sha256;
  std::uint64_t size = 0;
};

/// What a page meant.
struct KeptOffers {
  JudgedPage judged;
  std::optional<ProjectStatus> status;
};

class IndexCache {
 public:
  /// With a writer, which must outlive it, what is kept is written meanwhile, and a failure may be told by a later call or by the writer.
  explicit IndexCache(std::filesystem::path root, CacheWriter* writer = nullptr) : m_root(std::move(root)), m_writer(writer) {}

  /// All but the body.
  std::optional<CachedPage> find_page_head(const Url& asked) const;
  std::optional<CachedPage> find_page(const Url& asked) const;
  Status keep_page(const Url& asked, const CachedPage& page) const;

  std::optional<RawMetadata> find_metadata(const ProjectFile& file) const;
  Status keep_metadata(const ProjectFile& file, const RawMetadata& metadata) const;

  /// What a page with this digest meant under the rules, as it was kept.
  std::optional<KeptOffers> find_offers(const Url& asked, const std::string& digest, const RuleSet& rules) const;
  Status keep_offers(const Url& asked, const std::string& digest, const RuleSet& rules, const JudgedPage& judged,
                     const std::optional<ProjectStatus>& status) const;

  /// The bytes that were kept for that question (kept_resolution.hpp).
  std::optional<std::string> find_resolution(const std::string& question) const;
  Status keep_resolution(const std::string& question, std::string bytes) const;

  /// What was read at that URL before.
  std::optional<HashedFile> find_hashed_file(const Url& url) const;
  Status keep_hashed_file(const Url& url, const HashedFile& file) const;

  /// Where an sdist with that hash is kept.
  std::filesystem::path sdist_path(const Sha256& sha256) const;

  /// Whether the cache is where the page would be; for messages.
  std::filesystem::path page_path(const Url& asked) const;

 private:
  std::filesystem::path settled(std::filesystem::path path) const;  // the same path, at which nothing is unwritten
  Status write(std::filesystem::path path, CacheFile content) const;
  std::filesystem::path offers_path(const Url& asked, const std::string& rules) const;
  std::filesystem::path resolution_path(const std::string& question) const;
  std::filesystem::path metadata_path(const ProjectFile& file) const;

  std::filesystem::path m_root;
  CacheWriter* m_writer;
};

}  // namespace torchup
