#include "src/fetch/hash_follower.hpp"

#include "torchup/system/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace torchup {
namespace {

constexpr std::uint64_t k_piece = 1ULL << 20;

}  // namespace

struct HashFollower::Job {
  Id id = 0;
  std::shared_ptr<const PartFile> part;
  std::uint64_t available = 0;
  bool has_ended = false;
  // Only the hashing thread uses what follows.
  Sha256Stream hash;
  std::uint64_t hashed = 0;
  std::optional<Error> error;  // kept until the end, when somebody waits for it

  Status take(std::vector<std::byte>& buffer, std::uint64_t until) {
    const auto room = std::span(buffer).first(static_cast<std::size_t>(std::min(k_piece, until - hashed)));
    TORCHUP_TRY_ASSIGN(const LentBytes lent, part->lend(hashed, room));
    if (lent.bytes.empty())
      return failure({ErrorKind::host, fmt::format("`{}` became shorter while it was read", part->path().string()), {}, {}});
    hash.update(lent.bytes);
    hashed += lent.bytes.size();
    return {};
  }
};

HashFollower::HashFollower() : m_thread([this] { run(); }) {}

HashFollower::~HashFollower() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  m_work.notify_all();
  m_thread.join();
}

HashFollower::Id HashFollower::follow(std::shared_ptr<const PartFile> part) {
  const std::lock_guard lock(m_mutex);
  auto job = std::make_shared<Job>();
  job->id = ++m_last_id;
  job->part = std::move(part);
  m_jobs.emplace(job->id, std::move(job));
  return m_last_id;
}

void HashFollower::grown(Id id, std::uint64_t bytes) {
  bool enough = false;
  {
    const std::lock_guard lock(m_mutex);
    Job& job = *m_jobs.at(id);
    enough = job.available / k_piece != bytes / k_piece;
    job.available = bytes;
  }
  if (enough) m_work.notify_one();
}

void HashFollower::ended(Id id, std::uint64_t bytes) {
  {
    const std::lock_guard lock(m_mutex);
    Job& job = *m_jobs.at(id);
    job.available = bytes;
    job.has_ended = true;
  }
  m_work.notify_one();
}

void HashFollower::forget(Id id) {
  const std::lock_guard lock(m_mutex);
  m_jobs.erase(id);
  std::erase_if(m_finished, [&](const Finished& finished) { return finished.id == id; });
}

std::optional<HashFollower::Finished> HashFollower::next(std::chrono::milliseconds limit) {
  std::unique_lock lock(m_mutex);
  if (!m_done.wait_for(lock, limit, [this] { return !m_finished.empty(); })) return std::nullopt;
  std::optional<Finished> finished(std::move(m_finished.front()));
  m_finished.pop_front();
  return finished;
}

/// The job to go on with: one that has ended before one that still grows, since others wait for its digest.
std::shared_ptr<HashFollower::Job> HashFollower::take_job() {
  std::shared_ptr<Job> best;
  for (const auto& [id, job] : m_jobs) {
    if (job->has_ended) return job;
    if (!job->error && job->available - job->hashed >= k_piece) best = job;
  }
  return best;
}

void HashFollower::run() {
  std::vector<std::byte> buffer(k_piece);
  std::unique_lock lock(m_mutex);
  while (!m_stopping) {
    const std::shared_ptr<Job> job = take_job();
    if (!job) {
      m_work.wait(lock);
      continue;
    }
    const std::uint64_t until = job->available;
    const bool to_the_end = job->has_ended;
    lock.unlock();
    if (!job->error && job->hashed < until) {
      if (Status status = job->take(buffer, until); !status) job->error = std::move(status).error();
    }
    lock.lock();
    const bool is_finished = to_the_end && (job->error || job->hashed == until);
    if (!is_finished || m_jobs.erase(job->id) == 0) continue;  // goes on, or was forgotten meanwhile
    Result<Sha256> digest = job->error ? Result<Sha256>(failure(*std::move(job->error))) : job->hash.finish();
    m_finished.push_back({job->id, std::move(digest)});
    m_done.notify_one();
  }
}

}  // namespace torchup
