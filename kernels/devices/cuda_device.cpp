#include "torchup/kernels/cuda_device.hpp"

#include "kernels/devices/cuda/plugin.h"

#include <fmt/format.h>

#include <dlfcn.h>
#include <utility>

namespace torchup {

namespace {

struct Plugin {
  decltype(&torchup_cuda_interface) interface = nullptr;
  decltype(&torchup_cuda_prepare) prepare = nullptr;
  decltype(&torchup_cuda_run) run = nullptr;
  decltype(&torchup_cuda_output) output = nullptr;
  decltype(&torchup_cuda_release) release = nullptr;
};

std::string text_of(const TorchupCudaMessage& message) { return {message.text, std::char_traits<char>::length(message.text)}; }

Status check(int answer, const TorchupCudaMessage& message) {
  if (answer == TORCHUP_CUDA_DONE) return {};
  return failure({ErrorKind::validation, fmt::format("CUDA refuses: {}", text_of(message)), {}, {}});
}

class CudaRun final : public PreparedRun {
 public:
  CudaRun(const Plugin& plugin, TorchupCudaRun* run, std::vector<TensorSizes> sizes)
      : m_plugin(plugin), m_run(run, plugin.release), m_sizes(std::move(sizes)) {}

  Status run() override {
    TorchupCudaMessage message{};
    return check(m_plugin.run(m_run.get(), &message), message);
  }

  Result<std::vector<Tensor>> outputs() override {
    std::vector<Tensor> tensors = make_tensors(m_sizes);
    TorchupCudaMessage message{};
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      TORCHUP_TRY(check(m_plugin.output(m_run.get(), i, tensors[i].values.data(), &message), message));
    }
    return tensors;
  }

 private:
  Plugin m_plugin;
  std::unique_ptr<TorchupCudaRun, void (*)(TorchupCudaRun*)> m_run;
  std::vector<TensorSizes> m_sizes;
};

class CudaDevice final : public Device {
 public:
  explicit CudaDevice(const Plugin& plugin) : m_plugin(plugin) {}

  std::string_view engine() const override { return "cuda"; }

  Result<std::variant<std::unique_ptr<PreparedRun>, CannotRun>> prepare(const Kernel& kernel, const KernelCase& kernel_case,
                                                                        const std::vector<Tensor>& inputs) override {
    if (kernel_case.element != ElementType::float32 || !kernel_case.option.empty()) {
      return CannotRun{"our CUDA kernels are plain float32 ones"};
    }
    const std::string name(kernel.name);
    std::vector<TensorSizes> output_sizes = kernel.output_sizes(kernel_case);
    std::vector<const float*> values;
    std::vector<std::size_t> input_counts, output_counts;
    for (const Tensor& input : inputs) {
      values.push_back(input.values.data());
      input_counts.push_back(input.values.size());
    }
    for (const TensorSizes& sizes : output_sizes) output_counts.push_back(element_count(sizes));
    const TorchupCudaRequest request{name.c_str(),  kernel_case.sizes.data(), kernel_case.sizes.size(), values.data(), input_counts.data(),
                                     values.size(), output_counts.data(),     output_counts.size()};
    TorchupCudaRun* run = nullptr;
    TorchupCudaMessage message{};
    const int answer = m_plugin.prepare(&request, &run, &message);
    if (answer == TORCHUP_CUDA_CANNOT) return CannotRun{text_of(message)};
    TORCHUP_TRY(check(answer, message));
    return std::make_unique<CudaRun>(m_plugin, run, std::move(output_sizes));
  }

 private:
  Plugin m_plugin;
};

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

}  // namespace

Result<std::unique_ptr<Device>> load_cuda_device(const std::filesystem::path& library) {
  // Never closed: the CUDA runtime inside it does not survive that.
  void* const loaded = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr)
    return failure({ErrorKind::validation, fmt::format("the loader refuses the CUDA kernels: {}", ::dlerror()), {}, {}});
  Plugin plugin;
  const bool whole = find(loaded, "torchup_cuda_interface", plugin.interface) && find(loaded, "torchup_cuda_prepare", plugin.prepare) &&
                     find(loaded, "torchup_cuda_run", plugin.run) && find(loaded, "torchup_cuda_output", plugin.output) &&
                     find(loaded, "torchup_cuda_release", plugin.release);
  if (!whole || plugin.interface() != TORCHUP_CUDA_INTERFACE) {
    return failure({ErrorKind::validation, fmt::format("`{}` holds no CUDA kernels of this version", library.string()), {}, {}});
  }
  return std::make_unique<CudaDevice>(plugin);
}

}  // namespace torchup
