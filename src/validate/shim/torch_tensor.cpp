#include "src/validate/shim/torch_tensor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

namespace torchup {

namespace {

TensorSizes dense_strides(const TensorSizes& sizes) {
  TensorSizes strides(sizes.size(), 1);
  for (std::size_t i = sizes.size(); i-- > 1;) strides[i - 1] = strides[i] * sizes[i];
  return strides;
}

/// Steps through all places of a tensor in row-major order.
void copy_strided(const float* source, const TensorSizes& sizes, const std::int64_t* strides, std::vector<float>& values) {
  std::vector<std::int64_t> index(sizes.size());
  std::int64_t offset = 0;
  for (float& value : values) {
    value = source[offset];
    for (std::size_t axis = sizes.size(); axis-- > 0;) {
      offset += strides[axis];
      if (++index[axis] < sizes[axis]) break;
      offset -= strides[axis] * sizes[axis];
      index[axis] = 0;
    }
  }
}

}  // namespace

Status check_call(const TorchSymbols& symbols, std::int32_t status, std::string_view what) {
  if (status == 0) return {};
  std::string message = fmt::format("torch refuses `{}`", what);
  if (symbols.last_error != nullptr) {
    if (const char* const text = symbols.last_error()) message += fmt::format(": {}", text);
  }
  return failure({ErrorKind::validation, std::move(message), {}, {}});
}

Result<OwnedTensor> borrow_tensor(const TorchSymbols& symbols, const Tensor& tensor) {
  const TensorSizes strides = dense_strides(tensor.sizes);
  TorchTensor handle = nullptr;
  void* const values = const_cast<float*>(tensor.values.data());  // the C interface knows no constant tensors
  TORCHUP_TRY(check_call(symbols,
                         symbols.tensor_from_blob(values, static_cast<std::int64_t>(tensor.sizes.size()), tensor.sizes.data(),
                                                  strides.data(), 0, symbols.dtype_float32(), symbols.device_cpu(), 0, &handle),
                         "from_blob"));
  return OwnedTensor(symbols, handle);
}

Result<OwnedTensor> make_tensor(const TorchSymbols& symbols, const TensorSizes& sizes) {
  const TensorSizes strides = dense_strides(sizes);
  TorchTensor handle = nullptr;
  TORCHUP_TRY(check_call(symbols,
                         symbols.empty_tensor(static_cast<std::int64_t>(sizes.size()), sizes.data(), strides.data(),
                                              symbols.dtype_float32(), symbols.device_cpu(), 0, &handle),
                         "empty_strided"));
  return OwnedTensor(symbols, handle);
}

Result<Tensor> copy_tensor(const TorchSymbols& symbols, const OwnedTensor& tensor, const TensorSizes& wanted) {
  std::int64_t dimensions = 0;
  std::int64_t *sizes = nullptr, *strides = nullptr;
  std::int32_t dtype = 0;
  void* data = nullptr;
  TORCHUP_TRY(check_call(symbols, symbols.dimensions(tensor.get(), &dimensions), "dim"));
  TORCHUP_TRY(check_call(symbols, symbols.sizes(tensor.get(), &sizes), "sizes"));
  TORCHUP_TRY(check_call(symbols, symbols.strides(tensor.get(), &strides), "strides"));
  TORCHUP_TRY(check_call(symbols, symbols.dtype(tensor.get(), &dtype), "dtype"));
  TORCHUP_TRY(check_call(symbols, symbols.data_pointer(tensor.get(), &data), "data_ptr"));
  if (dimensions < 0 || dimensions > 16) return failure({ErrorKind::validation, "torch gave a tensor of a strange shape", {}, {}});
  const TensorSizes found(sizes, sizes + dimensions);
  if (found != wanted || dtype != symbols.dtype_float32() || data == nullptr) {
    return failure(
        {ErrorKind::validation,
         fmt::format("torch gave a tensor of sizes [{}], expected float32 of [{}]", fmt::join(found, ", "), fmt::join(wanted, ", ")),
         {},
         {}});
  }
  Tensor copy{wanted, std::vector<float>(element_count(wanted))};
  copy_strided(static_cast<const float*>(data), wanted, strides, copy.values);
  return copy;
}

}  // namespace torchup
