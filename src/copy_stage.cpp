#include "src/copy_stage.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

namespace torchup {

void CopyStage::begin(std::size_t member, std::shared_ptr<PartFile> part) {
  auto& slot = m_copies[member];
  if (slot) slot->thread.join();  // soon: its part is abandoned
  slot = std::make_unique<Copy>();
  slot->part = std::move(part);
  Copy& copy = *slot;
  copy.thread = std::thread([this, member, &copy] {
    copy.outcome = m_writer.put(member, *copy.part, 0, m_cancellation, {});
    copy.is_done = true;
  });
}

void CopyStage::approve(std::size_t member) { m_copies.at(member)->is_approved = true; }

Status CopyStage::finish(Copy& copy) {
  copy.thread.join();
  if (!copy.is_approved) return {};
  if (copy.outcome) {
    std::error_code ignored;
    std::filesystem::remove(copy.part->path(), ignored);
  }
  return copy.outcome;
}

Status CopyStage::settle() {
  for (auto at = m_copies.begin(); at != m_copies.end();) {
    Copy& copy = *at->second;
    if (!copy.is_approved || !copy.is_done) {
      ++at;
      continue;
    }
    const Status done = finish(copy);
    at = m_copies.erase(at);
    if (!done) return done;
  }
  return {};
}

Status CopyStage::end() {
  Status first;
  for (auto& [member, copy] : m_copies) {
    Status done = finish(*copy);
    if (first && !done) first = std::move(done);
  }
  m_copies.clear();
  return first;
}

}  // namespace torchup
