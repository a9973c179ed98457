#pragma once
// A wheel while it downloads: the network's thread appends, others read behind it as if it were a whole file, waiting where
// they are ahead. What was appended lies in memory for a while and in the part file for good, so that readers may be slow
// and a killed run goes on where it was. Made by `fetch`; the acquisition unpacks and hashes from it.

#include "torchup/system/byte_source.hpp"

#include "src/fetch/chunk_pool.hpp"

#include <functional>
#include <map>
#include <vector>

namespace torchup {

class PartFile final : public ByteSource {
 public:
  /// Goes on behind the bytes that the locked, open file has. `whole` is the wheel's size, if it is known.
  static Result<std::shared_ptr<PartFile>> go_on(FileDescriptor file, std::optional<std::uint64_t> whole, std::shared_ptr<ChunkPool> pool);
  ~PartFile() override;

  // Of the thread that downloads:

  Status append(std::span<const std::byte> bytes);

  /// The wheel's size, once a server has told it.
  void set_whole(std::uint64_t bytes);

  /// The wheel's last bytes, which came by themselves. Readers see them until the body is whole.
  void add_end(std::vector<std::byte> bytes);

  /// Where somebody waits for more of the wheel's end than there is: how many of its last bytes.
  std::optional<std::uint64_t> wanted_end() const;

  /// Every byte was appended and is in the file.
  Status complete();

  /// Nobody goes on with it: readers are told so, and what came is brought into the file.
  void abandon();

  /// The file, emptied, for another beginning; this one is abandoned.
  Result<std::shared_ptr<PartFile>> start_over(std::optional<std::uint64_t> whole);

  /// Called for every chunk, on the thread that downloads.
  void on_growth(std::function<void()> call) { m_on_growth = std::move(call); }

  // Of any thread:

  bool is_abandoned() const;
  std::uint64_t available() const;  ///< From the front.
  bool has_end() const;             ///< Whether the wheel's last bytes can be read.

  Result<std::uint64_t> size() const override;  ///< ErrorKind::internal as long as nobody knows it.

  /// Waits until the bytes are there. ErrorKind::interrupted once it is abandoned.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;
  Result<LentBytes> lend(std::uint64_t offset, std::span<std::byte> room) const override;
  const std::filesystem::path& path() const override { return m_path; }

 private:
  PartFile(std::shared_ptr<PartOnDisk> disk, std::uint64_t there, std::optional<std::uint64_t> whole, std::shared_ptr<ChunkPool> pool);
  Status flush(std::unique_lock<std::mutex>& lock);
  Result<LentBytes> lend_available(std::uint64_t offset, std::span<std::byte> room, std::unique_lock<std::mutex>& lock) const;
  Result<std::size_t> copy(std::uint64_t offset, std::span<std::byte> into, std::unique_lock<std::mutex>& lock) const;

  std::filesystem::path m_path;
  std::shared_ptr<ChunkPool> m_pool;
  std::shared_ptr<PartOnDisk> m_disk;
  std::function<void()> m_on_growth;

  // Guarded by the pool's mutex:
  std::optional<std::uint64_t> m_whole;
  std::uint64_t m_available = 0;
  std::shared_ptr<Chunk> m_current;                        // being filled
  std::map<std::uint64_t, std::weak_ptr<Chunk>> m_chunks;  // by their offset; what is gone is in the file
  std::vector<std::byte> m_end;
  mutable std::uint64_t m_wanted_end = 0;
  bool m_is_complete = false;
  bool m_is_abandoned = false;
};

}  // namespace torchup
