#include "src/validate/bench/case_files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <span>
#include <system_error>

namespace torchup {

Result<OwnedFolder> make_scratch_folder() {
  std::error_code problem;
  const auto base = std::filesystem::temp_directory_path(problem);
  std::string name = ((problem ? std::filesystem::path("/tmp") : base) / "torchup-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return failure({ErrorKind::host, fmt::format("cannot make a folder like `{}`: {}", name, std::strerror(errno)), {}, {}});
  return OwnedFolder(name);
}

bool has_file_form(ElementType element) { return element == ElementType::float32 || element == ElementType::float64; }

Status write_inputs(const std::filesystem::path& folder, const std::vector<Tensor>& inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto path = folder / fmt::format("input_{}", i);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    const auto bytes = std::as_bytes(std::span(inputs[i].values)), wide = std::as_bytes(std::span(inputs[i].wide));
    for (const auto& part : {bytes, wide})  // one of them is empty
      file.write(reinterpret_cast<const char*>(part.data()), static_cast<std::streamsize>(part.size()));
    if (!file.flush()) return failure({ErrorKind::host, fmt::format("cannot write `{}`", path.string()), {}, {}});
  }
  return {};
}

Status read_outputs(const std::filesystem::path& folder, std::vector<Tensor>& outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto path = folder / fmt::format("output_{}", i);
    Tensor& tensor = outputs[i];
    const auto wanted = tensor.element == ElementType::float64 ? std::as_writable_bytes(std::span(tensor.wide))
                                                               : std::as_writable_bytes(std::span(tensor.values));
    std::error_code problem;
    const auto size = std::filesystem::file_size(path, problem);
    if (problem || size != wanted.size()) {
      return failure(
          {ErrorKind::validation, fmt::format("output {} came as {} bytes, expected {}", i, problem ? 0 : size, wanted.size()), {}, {}});
    }
    std::ifstream file(path, std::ios::binary);
    if (!file.read(reinterpret_cast<char*>(wanted.data()), static_cast<std::streamsize>(wanted.size())))
      return failure({ErrorKind::validation, fmt::format("output {} cannot be read", i), {}, {}});
  }
  return {};
}

}  // namespace torchup
