#pragma once
// A case's inputs as files for a worker that has not our kernels, and the outputs that it leaves. Used by run_rounds.cpp.

#include "torchup/core/result.hpp"
#include "torchup/kernels/kernel.hpp"
#include "torchup/system/owned_folder.hpp"

#include <filesystem>
#include <vector>

namespace torchup {

/// Below the system's temporary folder. ErrorKind::host where that cannot be written.
Result<OwnedFolder> make_scratch_folder();

/// Whether files can hold the type: float32 and float64.
bool has_file_form(ElementType element);

/// Writes `input_N`, raw.
Status write_inputs(const std::filesystem::path& folder, const std::vector<Tensor>& inputs);

/// Reads `output_N` into tensors of the right sizes and type; a file of another size is ErrorKind::validation.
Status read_outputs(const std::filesystem::path& folder, std::vector<Tensor>& outputs);

}  // namespace torchup
