#include "src/unpack_stage.hpp"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

namespace torchup {
namespace {

constexpr std::chrono::milliseconds k_turn{20};  // how late bytes that came in between may be noticed

}  // namespace

UnpackStage::UnpackStage(const Store& store, unsigned threads, HashLanes& lanes, const Cancellation& cancellation)
    : m_store(store), m_lanes(lanes), m_cancellation(cancellation) {
  for (unsigned i = 0; i < threads; ++i) m_threads.emplace_back([this] { run(); });
}

UnpackStage::~UnpackStage() { end(); }

void UnpackStage::begin(const ArtifactRequest& request, std::shared_ptr<PartFile> part) {
  part->on_growth([this] { m_work.notify_all(); });
  auto job = std::make_shared<Job>();
  job->request = &request;
  job->part = std::move(part);
  const std::lock_guard lock(m_mutex);
  m_jobs.remove_if([&](const JobPointer& other) {
    other->is_dropped = other->is_dropped || other->request == &request;
    return other->request == &request;
  });
  m_jobs.push_back(std::move(job));
  m_work.notify_one();
}

void UnpackStage::approve(const ArtifactRequest& request) {
  const std::lock_guard lock(m_mutex);
  for (const JobPointer& job : m_jobs) {
    if (job->request != &request) continue;
    job->is_approved = true;
    if (job->broken) take_failure(*job, *std::exchange(job->broken, std::nullopt));
  }
  m_work.notify_all();
}

Status UnpackStage::status() const {
  const std::lock_guard lock(m_mutex);
  return m_status;
}

Status UnpackStage::wait() {
  std::unique_lock lock(m_mutex);
  while (!m_jobs.empty() && m_status) {
    TORCHUP_TRY(m_cancellation.check());
    m_progress.wait_for(lock, k_turn);
  }
  return m_status;
}

std::vector<UnpackedWheel> UnpackStage::take() {
  const std::lock_guard lock(m_mutex);
  return std::exchange(m_whole, {});
}

std::vector<UnpackedWheel> UnpackStage::end() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  m_work.notify_all();
  for (std::thread& thread : m_threads) thread.join();
  m_threads.clear();
  m_jobs.clear();
  return take();
}

/// Whether a thread would find something to do without waiting for the network.
bool UnpackStage::can_go_on(const Job& job) const {
  if (job.is_taken || job.is_dropped) return false;
  if (!job.unpacking) return job.part->has_end();
  if (job.next < job.unpacking->batches()) return job.part->available() >= job.unpacking->needs(job.next);
  return job.is_approved && job.done == job.unpacking->batches();
}

UnpackStage::JobPointer UnpackStage::pick() const {
  JobPointer best;
  std::uint64_t most = 0;
  for (const JobPointer& job : m_jobs) {
    if (!can_go_on(*job)) continue;
    const bool is_under_way = job->unpacking && job->next < job->unpacking->batches();
    const std::uint64_t behind = is_under_way ? job->part->size().value_or(0) - job->unpacking->needs(job->next) : ~std::uint64_t{0};
    if (best && behind <= most) continue;
    best = job;
    most = behind;
  }
  return best;
}

void UnpackStage::run() {
  UnpackBuffers buffers;
  std::unique_lock lock(m_mutex);
  while (!m_stopping) {
    const JobPointer job = m_status ? pick() : nullptr;
    if (!job) {
      m_work.wait_for(lock, k_turn);
      continue;
    }
    advance(*job, buffers, lock);
    m_work.notify_one();
    m_progress.notify_one();
  }
}

/// One step of a job, outside of the lock.
void UnpackStage::advance(Job& job, UnpackBuffers& buffers, std::unique_lock<std::mutex>& lock) {
  if (!job.unpacking) {
    job.is_taken = true;
    lock.unlock();
    auto unpacking = Unpacking::begin(job.part, *job.request, m_store, m_lanes);
    lock.lock();
    job.is_taken = false;
    if (!unpacking) return take_failure(job, std::move(unpacking).error());
    job.unpacking = *std::move(unpacking);
  } else if (job.next < job.unpacking->batches()) {
    const std::size_t batch = job.next++;
    lock.unlock();
    Status unpacked = job.unpacking->unpack(batch, buffers, m_cancellation);
    lock.lock();
    if (!unpacked) return take_failure(job, std::move(unpacked).error());
    ++job.done;
  } else {
    finish(job, lock);
  }
}

void UnpackStage::finish(Job& job, std::unique_lock<std::mutex>& lock) {
  job.is_taken = true;
  lock.unlock();
  auto tree = job.unpacking->finish();
  lock.lock();
  if (!tree) return take_failure(job, std::move(tree).error());
  m_whole.push_back({*std::move(tree), job.part->path()});
  m_jobs.remove_if([&](const JobPointer& other) { return other.get() == &job; });
}

void UnpackStage::take_failure(Job& job, Error error) {
  job.is_dropped = true;
  if (!m_status || job.part->is_abandoned()) return;  // an earlier one counts, or nobody waits for this one
  if (error.kind == ErrorKind::integrity && !job.is_approved) {
    job.broken = std::move(error);
    return;
  }
  // A wheel that is what was locked and still breaks a rule would fail again: it is not kept for resuming.
  std::error_code ignored;
  if (error.kind == ErrorKind::integrity) std::filesystem::remove(job.part->path(), ignored);
  m_status = failure(std::move(error));
  m_progress.notify_all();
}

}  // namespace torchup
