#pragma once
// What an index knows, asked for ahead and side by side: `want` what will be needed, `drive`, then look it up. Pages and
// METADATA come from the cache where they are fresh. One thread. See resolve_on_index.hpp for what the pipeline calls.

#include "torchup/core/diagnostics.hpp"

#include "src/index/cache_writer.hpp"
#include "src/index/core_metadata.hpp"
#include "src/index/index_cache.hpp"
#include "src/index/judged_page.hpp"
#include "src/index/request_queue.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace torchup {

enum class Offline { no, yes };

struct IndexClientSettings {
  std::filesystem::path cache;              ///< The folder that index pages and METADATA are kept below.
  Offline offline = Offline::no;            ///< Whatever the cache has, however old, and nothing else.
  std::chrono::seconds page_lifetime{600};  ///< Of pages that say nothing of it themselves.
  std::filesystem::path parts = {};         ///< Where files that are read for their hash are kept for an install; empty for nowhere.
};

struct IndexCounts {
  RequestCounts network;
  std::uint64_t page_hits = 0;       ///< Pages from the cache without a request.
  std::uint64_t page_confirmed = 0;  ///< Pages from the cache after "304 Not Modified".
  std::uint64_t metadata_hits = 0;
};

class IndexClient {
 public:
  /// All references must outlive the client.
  IndexClient(IndexClientSettings settings, HttpTransport& transport, const Cancellation& cancellation, Diagnostics& diagnostics,
              RequestClock clock = system_request_clock(), RetryPolicy policy = {});
  ~IndexClient();  ///< Writes what is to be kept, and tells where it cannot.
  IndexClient(const IndexClient&) = delete;
  IndexClient& operator=(const IndexClient&) = delete;

  /// Starts to get it, unless that happened before. True where it had come before, so that `arrived` will not tell of it.
  bool want_page(const Url& index, const PackageName& name);
  bool want_metadata(const ProjectFile& file);
  /// Starts to get it, unless that happened before.
  void want_size(const ProjectFile& file);
  /// Reads the whole file, of which no index gives a hash; what was read at that URL before is remembered.
  void want_hash(const ProjectFile& file);

  /// Under which a page and a file's METADATA stand in `arrived`.
  static std::string page_key(const Url& index, const PackageName& name);
  static std::string metadata_key(const ProjectFile& file);
  /// The keys of pages and METADATA that were wanted and now are there, or cannot be had, in the order in which that happened.
  const std::vector<std::string>& arrived() const { return m_arrived; }

  /// What came: nullptr while it is on its way or was never wanted. A page is nothing where the index has no such project; one
  /// from the cache is read only now, and asked for after all where it turns out to be damaged.
  const Result<std::optional<ProjectPage>>* page(const Url& index, const PackageName& name);
  /// Tells that pages will be asked about by these rules: a page is then read once for all rules that were told before it was.
  void expect_rules(const IdentifiedRules& rules);
  /// What the page means under the rules, without reading a page again that was judged by the same rules before. Empty where
  /// the index has no such project.
  const Result<std::vector<OfferedVersion>>* offers(const Url& index, const PackageName& name, const IdentifiedRules& rules);

  /// The digest of a page that was wanted and came; empty where the cache does not have it as it is on the index.
  std::string page_digest(const Url& index, const PackageName& name) const;

  /// The bytes that an earlier run kept for that question (kept_resolution.hpp).
  std::optional<std::string> kept_resolution(const std::string& question) const { return m_cache.find_resolution(question); }
  void keep_resolution(const std::string& question, std::string bytes) { keep(m_cache.keep_resolution(question, std::move(bytes))); }

  /// What the index says of the whole project, once its offers are known; nullptr where it is active.
  const ProjectStatus* status(const Url& index, const PackageName& name) const;
  const Result<RawMetadata>* metadata(const ProjectFile& file) const;
  /// The same, read as METADATA of that version. Only of metadata that came.
  const Result<WheelMetadata>& parsed_metadata(const ProjectFile& file, const PackageName& name, const Version& version);
  const Result<std::uint64_t>* size(const ProjectFile& file) const;
  const Result<HashedFile>* hash(const ProjectFile& file) const;

  /// Where an sdist lies whose metadata came; its bytes have the index's hash, or the one that was read.
  Result<std::filesystem::path> sdist(const ProjectFile& file) const;
  /// What a build said in place of an sdist's dynamic metadata, which nobody has read yet. Counts for this run.
  void tell_metadata(const ProjectFile& file, RawMetadata metadata);

  /// Works until something more has come; returns at once where nothing is on its way. ErrorKind::interrupted on Ctrl-C.
  Status drive();
  bool idle() const { return m_queue.idle(); }

  IndexCounts counts() const;

 private:
  using JudgedOffers = Result<std::vector<OfferedVersion>>;
  template <class T>
  using Slots = std::map<std::string, std::optional<Result<T>>>;

  /// A page that the cache has and nobody has needed to read yet.
  struct Unread {
    Url asked;
    PackageName name;
    std::string digest;
  };

  void keep(Status kept);
  void take_sdist(const std::string& key, const ProjectFile& file, Result<std::string> got);
  void ask_page(const std::string& key, const Url& url, const PackageName& name, std::optional<CachedPage> stale);
  void take_page(const std::string& key, Result<Fetched> got, const Url& asked, const PackageName& name, std::optional<CachedPage> stale);
  void take_new_page(const std::string& key, Fetched got, const Url& asked, const PackageName& name);
  bool take_kept_offers(const std::string& key, const RuleSet& rules);
  void judge(const std::string& key, const std::optional<ProjectPage>& page, const RuleSet& rules);
  void take_judged(const std::string& key, const RuleSet& rules, JudgedPage judged);
  void read_cached_page(const std::string& key, const Unread& unread);
  Result<std::optional<ProjectPage>> read_page(const CachedPage& page, const Url& asked, const PackageName& name) const;
  std::chrono::system_clock::time_point fresh_until(const HttpResponse& response) const;

  IndexClientSettings m_settings;
  CacheWriter m_writer;
  IndexCache m_cache;
  RequestQueue m_queue;
  Diagnostics& m_diagnostics;
  Slots<std::optional<ProjectPage>> m_pages;
  std::map<std::string, Unread> m_cached;  ///< Pages that are in the cache, by the same keys.
  RuleSet m_expected;
  std::map<std::string, std::shared_ptr<const JudgedOffers>> m_offers;  // by page and rules
  std::map<std::string, std::optional<ProjectStatus>> m_statuses;       // by page
  Slots<RawMetadata> m_metadata;
  std::map<std::string, Result<WheelMetadata>> m_parsed_metadata;  // by file, name and version
  Slots<std::uint64_t> m_sizes;
  Slots<HashedFile> m_hashes;
  std::vector<std::string> m_arrived;
  IndexCounts m_counts;
  bool m_cache_failed = false;
};

}  // namespace torchup
