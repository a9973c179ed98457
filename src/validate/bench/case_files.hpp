#pragma once
// A case's inputs as files for a worker that has not our kernels, and the outputs that it leaves. Used by run_rounds.cpp.

#include "torchup/core/result.hpp"
#include "torchup/kernels/kernel.hpp"

#include <filesystem>
#include <vector>

namespace torchup {

/// A folder of its own below the system's temporary one, gone with the object.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make();
  ScratchFolder(ScratchFolder&& other) noexcept : m_path(std::exchange(other.m_path, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::filesystem::path& path() const { return m_path; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : m_path(std::move(path)) {}
  std::filesystem::path m_path;
};

/// Whether files can hold the type: float32 and float64.
bool has_file_form(ElementType element);

/// Writes `input_N`, raw.
Status write_inputs(const std::filesystem::path& folder, const std::vector<Tensor>& inputs);

/// Reads `output_N` into tensors of the right sizes and type; a file of another size is ErrorKind::validation.
Status read_outputs(const std::filesystem::path& folder, std::vector<Tensor>& outputs);

}  // namespace torchup
