// A libtorch_cpu.so that is none: the few functions of torch's C interface that validation calls, over the definitions of
// the operators. Compiled once healthy and once for each fault (FAKE_TORCH_FAULT), to show that each fault is named.

#include "kernels/native/attention/attention.hpp"
#include "kernels/native/matmul/multiply.hpp"
#include "kernels/reference/symmetric_eigen.hpp"

#include <algorithm>
#include <bit>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#define FAKE_TORCH_TEXT(name) FAKE_TORCH_TEXT_NOW(name)
#define FAKE_TORCH_TEXT_NOW(name) #name

#ifdef FAKE_TORCH_IS_OLD
#define FAKE_TORCH_NEW [[gnu::visibility("hidden")]]
#else
#define FAKE_TORCH_NEW
#endif

namespace {

constexpr std::string_view k_fault = FAKE_TORCH_TEXT(FAKE_TORCH_FAULT);
constexpr bool has(std::string_view fault) { return k_fault == fault; }

struct FakeTensor {
  std::vector<std::int64_t> sizes, strides;
  std::vector<float> values;  // empty where the values are borrowed
  const float* borrowed = nullptr;

  const float* data() const { return borrowed != nullptr ? borrowed : values.data(); }
};

FakeTensor* new_tensor(std::vector<std::int64_t> sizes) {
  auto* const tensor = new FakeTensor;
  std::size_t count = 1;
  tensor->strides.assign(sizes.size(), 1);
  for (std::size_t i = sizes.size(); i-- > 0;) {
    tensor->strides[i] = static_cast<std::int64_t>(count);
    count *= static_cast<std::size_t>(sizes[i]);
  }
  tensor->sizes = std::move(sizes);
  tensor->values.resize(count);
  return tensor;
}

using Stack = std::uint64_t*;

FakeTensor* take(Stack stack, std::size_t place) { return std::bit_cast<FakeTensor*>(stack[place]); }

void matmul(Stack stack) {
  FakeTensor *a = take(stack, 0), *b = take(stack, 1);
  const auto rows = a->sizes[0], depth = a->sizes[1], columns = b->sizes[1];
  FakeTensor* c = new_tensor({rows, columns});
  const auto used = has("dropped_depth") ? depth - 1 : depth;
  torchup::native::multiply_add(torchup::native::row_major(a->data(), depth), torchup::native::row_major(b->data(), columns),
                                c->values.data(), columns, {rows, columns, used});
  if (has("wrong_element")) c->values[c->values.size() / 2] += 0.5F;
  if (has("wrong_shape")) c->sizes = {columns};
  delete a;
  delete b;
  stack[0] = std::bit_cast<std::uint64_t>(c);
}

/// The vectors come out column by column, as LAPACK's do.
void eigh(Stack stack) {
  FakeTensor* a = take(stack, 0);
  delete std::bit_cast<std::string*>(stack[1]);
  const auto batch = static_cast<std::size_t>(a->sizes[0]), n = static_cast<std::size_t>(a->sizes[1]);
  FakeTensor* w = new_tensor({a->sizes[0], a->sizes[1]});
  FakeTensor* v = new_tensor(a->sizes);
  std::swap(v->strides[1], v->strides[2]);
  for (std::size_t i = 0; i < batch; ++i) {
    std::vector<float> matrix(a->data() + i * n * n, a->data() + (i + 1) * n * n), vectors(n * n);
    torchup::reference::symmetric_eigen(matrix, static_cast<std::int64_t>(n), {w->values.data() + i * n, n}, vectors,
                                        torchup::reference::Vectors::yes);
    for (std::size_t row = 0; row < n; ++row) {
      for (std::size_t column = 0; column < n; ++column) {
        v->values[i * n * n + column * n + row] = has("identity_vectors") ? (row == column ? 1.0F : 0.0F) : vectors[row * n + column];
      }
    }
  }
  delete a;
  stack[0] = std::bit_cast<std::uint64_t>(w);
  stack[1] = std::bit_cast<std::uint64_t>(v);
}

void attention(Stack stack) {
  FakeTensor *q = take(stack, 0), *k = take(stack, 1), *v = take(stack, 2);
  FakeTensor* out = new_tensor(q->sizes);
  const std::size_t count = out->values.size();
  std::vector<float> query(q->data(), q->data() + count);
  if (has("wrong_scale")) {
    for (float& value : query) value *= 0.5F;
  }
  const auto batch = q->sizes[0], heads = q->sizes[1], length = q->sizes[2], depth = q->sizes[3];
  torchup::native::attention({batch, heads, heads, length, length, depth}, {}, query, {k->data(), count}, {v->data(), count}, out->values);
  delete q;
  delete k;
  delete v;
  stack[0] = std::bit_cast<std::uint64_t>(out);
}

void multiply_elements(Stack stack) {
  FakeTensor *a = take(stack, 0), *b = take(stack, 1);
  FakeTensor* out = new_tensor(a->sizes);
  for (std::size_t i = 0; i < out->values.size(); ++i) out->values[i] = a->data()[i] * b->data()[i];
  delete a;
  delete b;
  stack[0] = std::bit_cast<std::uint64_t>(out);
}

void sum_elements(Stack stack) {
  FakeTensor* a = take(stack, 0);
  FakeTensor* out = new_tensor({});
  double sum = 0;
  for (std::int64_t i = 0; i < a->sizes[0]; ++i) sum += static_cast<double>(a->data()[i]);
  out->values[0] = static_cast<float>(sum);
  delete a;
  stack[0] = std::bit_cast<std::uint64_t>(out);
}

const char* g_error = "";

}  // namespace

extern "C" {

std::int32_t aoti_torch_device_type_cpu() { return 0; }
std::int32_t aoti_torch_dtype_float32() { return 6; }
std::uint64_t aoti_torch_abi_version() { return has("old") ? 0x0209010000000000ULL : 0x020a010000000000ULL; }

std::int32_t aoti_torch_create_tensor_from_blob(void* data, std::int64_t dimensions, const std::int64_t* sizes, const std::int64_t* strides,
                                                std::int64_t, std::int32_t, std::int32_t, std::int32_t, FakeTensor** tensor) {
  *tensor = new FakeTensor{{sizes, sizes + dimensions}, {strides, strides + dimensions}, {}, static_cast<const float*>(data)};
  return 0;
}

std::int32_t aoti_torch_empty_strided(std::int64_t dimensions, const std::int64_t* sizes, const std::int64_t*, std::int32_t, std::int32_t,
                                      std::int32_t, FakeTensor** tensor) {
  *tensor = new_tensor({sizes, sizes + dimensions});
  return 0;
}

std::int32_t aoti_torch_new_tensor_handle(FakeTensor* tensor, FakeTensor** another) {
  *another = new FakeTensor(*tensor);
  return 0;
}

std::int32_t aoti_torch_delete_tensor_object(FakeTensor* tensor) {
  delete tensor;
  return 0;
}

std::int32_t aoti_torch_get_data_ptr(FakeTensor* tensor, void** data) {
  *data = const_cast<float*>(tensor->data());
  return 0;
}

std::int32_t aoti_torch_get_dim(FakeTensor* tensor, std::int64_t* count) {
  *count = static_cast<std::int64_t>(tensor->sizes.size());
  return 0;
}

std::int32_t aoti_torch_get_sizes(FakeTensor* tensor, std::int64_t** sizes) {
  *sizes = tensor->sizes.data();
  return 0;
}

std::int32_t aoti_torch_get_strides(FakeTensor* tensor, std::int64_t** strides) {
  *strides = tensor->strides.data();
  return 0;
}

std::int32_t aoti_torch_get_dtype(FakeTensor*, std::int32_t* dtype) {
  *dtype = 6;
  return 0;
}

std::int32_t aoti_torch_call_dispatcher(const char* name, const char* overload, Stack stack) {
  if (std::strcmp(name, "aten::matmul") == 0) {
    matmul(stack);
  } else if (std::strcmp(name, "aten::scaled_dot_product_attention") == 0) {
    attention(stack);
  } else if (std::strcmp(name, "aten::mul") == 0 && std::strcmp(overload, "Tensor") == 0) {
    multiply_elements(stack);
  } else if (std::strcmp(name, "aten::sum") == 0) {
    sum_elements(stack);
  } else {
    return 1;
  }
  return 0;
}

// From torch 2.10 on; an older one hides them.
FAKE_TORCH_NEW std::int32_t torch_new_string_handle(const char* text, std::size_t length, std::string** string) {
  *string = new std::string(text, length);
  return 0;
}

FAKE_TORCH_NEW const char* torch_exception_get_what_without_backtrace() { return g_error; }

FAKE_TORCH_NEW std::int32_t torch_call_dispatcher(const char* name, const char* overload, Stack stack, std::uint64_t) {
  if (std::strcmp(name, "aten::linalg_eigh") != 0) return aoti_torch_call_dispatcher(name, overload, stack);
  if (has("crash")) ::raise(SIGSEGV);
  if (has("illegal_instruction")) __builtin_trap();
  if (has("exit")) {
    [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, "OMP: Error #15\n", 15);
    ::_exit(3);
  }
  while (has("hang")) ::pause();
  if (has("refuses")) {
    g_error = "The algorithm failed to converge";
    delete take(stack, 0);
    delete std::bit_cast<std::string*>(stack[1]);
    return 1;
  }
  eigh(stack);
  return 0;
}

}  // extern "C"
