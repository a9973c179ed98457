#include "src/validate/shim/torch_symbols.hpp"

#include "src/validate/shim/preload.hpp"

#include <fmt/format.h>

#include <dlfcn.h>

namespace torchup {

namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
}

template <class Function>
Status require(void* library, const char* name, Function& function) {
  find(library, name, function);
  if (function != nullptr) return {};
  return failure({ErrorKind::validation, fmt::format("`libtorch_cpu.so` has no function `{}`", name), {}, {}});
}

Status find_required(void* library, TorchSymbols& symbols) {
  TORCHUP_TRY(require(library, "aoti_torch_device_type_cpu", symbols.device_cpu));
  TORCHUP_TRY(require(library, "aoti_torch_dtype_float32", symbols.dtype_float32));
  TORCHUP_TRY(require(library, "aoti_torch_create_tensor_from_blob", symbols.tensor_from_blob));
  TORCHUP_TRY(require(library, "aoti_torch_empty_strided", symbols.empty_tensor));
  TORCHUP_TRY(require(library, "aoti_torch_delete_tensor_object", symbols.delete_tensor));
  TORCHUP_TRY(require(library, "aoti_torch_get_data_ptr", symbols.data_pointer));
  TORCHUP_TRY(require(library, "aoti_torch_get_dim", symbols.dimensions));
  TORCHUP_TRY(require(library, "aoti_torch_get_sizes", symbols.sizes));
  TORCHUP_TRY(require(library, "aoti_torch_get_strides", symbols.strides));
  return require(library, "aoti_torch_get_dtype", symbols.dtype);
}

void find_optional(void* library, TorchSymbols& symbols) {
  find(library, "aoti_torch_dtype_float64", symbols.dtype_float64);
  find(library, "aoti_torch_dtype_bfloat16", symbols.dtype_bfloat16);
  find(library, "aoti_torch_dtype_float16", symbols.dtype_float16);
  find(library, "aoti_torch_new_tensor_handle", symbols.new_handle);
  find(library, "aoti_torch_abi_version", symbols.abi_version);
  find(library, "aoti_torch_call_dispatcher", symbols.call);
  find(library, "torch_call_dispatcher", symbols.call_versioned);
  find(library, "torch_new_string_handle", symbols.new_string);
  find(library, "aoti_torch_cpu_mm_out", symbols.matmul_out);
  find(library, "aoti_torch_cpu__scaled_dot_product_flash_attention_for_cpu", symbols.flash_attention);
  find(library, "torch_exception_get_what_without_backtrace", symbols.last_error);
}

}  // namespace

Result<void*> load_torch_library(const std::filesystem::path& library_folder, const std::filesystem::path& site_packages) {
  TORCHUP_TRY(preload_torch_dependencies(library_folder, site_packages));
  const auto path = library_folder / "libtorch_cpu.so";
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library != nullptr) return library;
  Error refused{ErrorKind::validation, fmt::format("the loader refuses `libtorch_cpu.so`: {}", ::dlerror()), {}, {}};
  // torch 1.10 calls functions of MKL that stand in libtorch_cuda.so alone. It loads, and has not the interface to be judged by.
  void* const old = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (old != nullptr && !find_torch_symbols(old)) return old;
  return failure(std::move(refused));
}

Result<TorchSymbols> find_torch_symbols(void* library) {
  TorchSymbols symbols;
  TORCHUP_TRY(find_required(library, symbols));
  find_optional(library, symbols);
  return symbols;
}

Result<TorchSymbols> load_torch(const std::filesystem::path& library_folder, const std::filesystem::path& site_packages) {
  TORCHUP_TRY_ASSIGN(void* const library, load_torch_library(library_folder, site_packages));
  return find_torch_symbols(library);
}

std::optional<std::int32_t> dtype_of(const TorchSymbols& symbols, ElementType element) {
  const auto call = [](std::int32_t (*function)()) { return function == nullptr ? std::nullopt : std::optional(function()); };
  switch (element) {
    case ElementType::float64:
      return call(symbols.dtype_float64);
    case ElementType::bfloat16:
      return call(symbols.dtype_bfloat16);
    case ElementType::float16:
      return call(symbols.dtype_float16);
    case ElementType::float32:
      break;
  }
  return call(symbols.dtype_float32);
}

std::string torch_interface_version(const TorchSymbols& symbols) {
  if (symbols.abi_version == nullptr) return "before 2.8";
  const std::uint64_t version = symbols.abi_version();  // one byte each from the top: major, minor, patch
  return fmt::format("{}.{}.{}", version >> 56U, (version >> 48U) & 0xffU, (version >> 40U) & 0xffU);
}

}  // namespace torchup
