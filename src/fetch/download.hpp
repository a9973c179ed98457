#pragma once
// One wheel's way from URL to part file, over as many requests as it takes: what to send next, what an answer means.
// It moves no bytes by itself: fetch_artifacts.cpp gives it to the transport. Private to `fetch`.

#include "src/fetch/fetch_artifacts.hpp"
#include "src/fetch/hash_follower.hpp"
#include "src/fetch/part_file.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace torchup {

class Download {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  /// `diagnostics`, `hashes` and `item` must outlive it.
  Download(const FetchItem& item, const RetryPolicy& retry, std::uint64_t bytes_per_second, HashFollower& hashes,
           std::shared_ptr<ChunkPool> pool, Diagnostics& diagnostics);
  ~Download();  ///< What came stays in the part file.
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  /// Opens the part file and counts what is in it.
  Status open();

  /// Whether all bytes are there, so that only the digest is awaited.
  bool is_complete() const { return m_expected && m_written == *m_expected; }

  /// The next request. Its callbacks use this object until it is completed or cancelled.
  HttpRequest request();

  /// What a completion means. True: all bytes are there. False: send `request` again, not before `not_before`.
  Result<bool> completed(const HttpCompletion& completion);
  Moment not_before() const { return m_not_before; }

  /// Starts the digest of a complete file; gives what `HashFollower::next` will name.
  Result<HashFollower::Id> end_hash();

  /// What the digest means. True: it is the locked one. False: the download starts afresh.
  Result<bool> hashed(const Result<Sha256>& digest);

  /// The wheel as it comes: another one after each start from the beginning.
  const std::shared_ptr<PartFile>& part() const { return m_part; }

  /// The file is the caller's, once its digest is right.
  void give_file_away() { m_is_private = false; }

  std::uint64_t downloaded_bytes() const { return m_downloaded; }
  std::uint64_t resumed_bytes() const { return m_resumed; }
  const std::string& wheel() const { return m_item.request.file.name; }

 private:
  enum class Body { refuse, take };

  Result<FileDescriptor> open_part();
  void follow();
  Status head(const HttpResponse& response);
  Status head_of_whole(const HttpResponse& response);
  Status head_of_rest(const HttpResponse& response);
  void learn_whole(std::uint64_t bytes);
  Status take(std::span<const std::byte> bytes);
  Status start_over();
  Result<bool> ended_well();
  Result<bool> try_again(const HttpCompletion& completion, Error error);
  Result<bool> give_up(Error error);
  const Url& source() const;
  Result<bool> redirected(const HttpResponse& response);
  Error refusal(int status) const;
  Error wrong_digest(const Sha256& digest) const;
  void report_progress(bool always);

  const FetchItem& m_item;
  RetryPolicy m_retry;
  std::uint64_t m_bytes_per_second;
  HashFollower& m_hashes;
  Diagnostics& m_diagnostics;

  std::shared_ptr<ChunkPool> m_pool;
  std::shared_ptr<PartFile> m_part;
  std::filesystem::path m_path;
  bool m_is_private = false;                // nobody else goes on with the part file
  std::optional<std::uint64_t> m_expected;  // the lock's size, or what the server said
  std::uint64_t m_written = 0;
  std::uint64_t m_downloaded = 0, m_resumed = 0, m_reported = 0;
  HashFollower::Id m_hash = 0;

  std::size_t m_source = 0;  // 0 is the request's own URL, then its other sources
  Url m_url;                 // where redirects have led
  std::string m_etag;        // strong, of the answer that the written bytes came from
  Body m_body = Body::refuse;
  bool m_starts_over = false;  // an answer did not continue what is there
  bool m_no_range = false;
  unsigned m_redirects = 0;
  unsigned m_attempts = 0;             // since bytes came
  unsigned m_requests = 0;             // in all
  std::uint64_t m_written_before = 0;  // when the last request was sent
  unsigned m_wrong_digests = 0;
  Moment m_not_before = {};
};

}  // namespace torchup
