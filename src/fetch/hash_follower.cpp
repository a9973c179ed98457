#include "src/fetch/hash_follower.hpp"

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
  bool is_under_way = false;  // a piece of it is being read or hashed
  std::uint64_t hashed = 0;
  std::optional<Error> error;  // kept until the end, when somebody waits for it
  // Only for the piece that is under way:
  Sha256Stream hash;
  std::vector<std::byte> room;
  LentBytes piece;

  Status read(std::uint64_t until) {
    room.resize(k_piece);
    const auto wanted = static_cast<std::size_t>(std::min(k_piece, until - hashed));
    TORCHUP_TRY_ASSIGN(piece, part->lend(hashed, std::span(room).first(wanted)));
    if (!piece.bytes.empty()) return {};
    return failure({ErrorKind::host, fmt::format("`{}` became shorter while it was read", part->path().string()), {}, {}});
  }
};

HashFollower::HashFollower(HashLanes& lanes) : m_lanes(lanes), m_thread([this] { run(); }) {}

HashFollower::~HashFollower() {
  std::unique_lock lock(m_mutex);
  m_stopping = true;
  m_work.notify_all();
  m_work.wait(lock, [this] { return m_under_way == 0; });
  lock.unlock();
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
    if (job->is_under_way) continue;
    if (job->has_ended) return job;
    if (!job->error && job->available - job->hashed >= k_piece) best = job;
  }
  return best;
}

void HashFollower::run() {
  std::unique_lock lock(m_mutex);
  while (!m_stopping) {
    const std::shared_ptr<Job> job = take_job();
    if (!job) {
      m_work.wait(lock);
    } else if (job->error || job->hashed == job->available) {
      m_jobs.erase(job->id);
      m_finished.push_back({job->id, job->error ? Result<Sha256>(failure(*job->error)) : job->hash.finish()});
      m_done.notify_one();
    } else {
      hash_piece(job, lock);
    }
  }
}

/// Reads a piece and has it hashed; the job is under way until then.
void HashFollower::hash_piece(const std::shared_ptr<Job>& job, std::unique_lock<std::mutex>& lock) {
  job->is_under_way = true;
  ++m_under_way;
  const std::uint64_t until = job->available;
  lock.unlock();
  Status read = job->read(until);
  if (read) m_lanes.give(job->hash, job->piece.bytes, [this, job] { end_piece(*job, {}); });
  if (!read) end_piece(*job, std::move(read).error());
  lock.lock();
}

void HashFollower::end_piece(Job& job, std::optional<Error> error) {
  const std::uint64_t taken = error ? 0 : job.piece.bytes.size();
  job.piece = {};
  const std::lock_guard lock(m_mutex);
  job.hashed += taken;
  job.error = std::move(error);
  job.is_under_way = false;
  --m_under_way;
  m_work.notify_all();  // under the lock: the destructor waits for it
}

}  // namespace torchup
