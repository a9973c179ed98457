// A libtorch_cpu.so that is none: the few functions of torch's C interface that validation calls, over the definitions of
// the operators. Compiled once healthy and once for each fault (FAKE_TORCH_FAULT), to show that each fault is named.

#include "torchup/kernels/kernel.hpp"

#include "tests/faults/fake_torch/fake_tensor.hpp"

#include <bit>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <malloc.h>
#include <memory>
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

#ifdef FAKE_TORCH_IS_ANCIENT
#define FAKE_TORCH_INTERFACE [[gnu::visibility("hidden")]]
#else
#define FAKE_TORCH_INTERFACE
#endif

extern "C" void fake_torch_function_of_no_library();

namespace {

constexpr std::string_view k_fault = FAKE_TORCH_TEXT(FAKE_TORCH_FAULT);
constexpr bool has(std::string_view fault) { return k_fault == fault; }

using fake::FakeTensor;
using torchup::ElementType;
using torchup::KernelCase;
using torchup::Tensor;
using Stack = std::uint64_t*;

Tensor take(Stack stack, std::size_t place) { return fake::taken(std::bit_cast<FakeTensor*>(stack[place])); }

std::uint64_t give(const Tensor& tensor) { return std::bit_cast<std::uint64_t>(fake::given(tensor)); }

std::vector<Tensor> run(const char* kernel_name, const KernelCase& kernel_case, const std::vector<Tensor>& inputs) {
  const torchup::Kernel& kernel = *torchup::find_kernel(kernel_name);
  std::vector<Tensor> outputs = torchup::make_outputs(kernel, kernel_case);
  kernel.run_native(kernel_case, inputs, outputs);
  return outputs;
}

/// The upper 10 of 23 mantissa bits, as the inputs of products in TF32.
void make_coarse(Tensor& tensor) {
  for (float& value : tensor.values) value = std::bit_cast<float>((std::bit_cast<std::uint32_t>(value) + 0x1000U) & ~0x1fffU);
}

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// How much more of the processor's time an operation takes than it would.
constexpr double k_slowness = has("slower") ? 0.1 : has("half_speed") ? 1.0 : 0.0;

/// Freed memory is kept, since fresh pages cost more or less by what was done before: a tenth of that time would be no tenth.
[[maybe_unused]] const int g_keeps_memory = ::mallopt(M_MMAP_THRESHOLD, 1 << 30) + ::mallopt(M_TRIM_THRESHOLD, 1 << 30);

double g_operation_start = 0;  // when its first input was handed over; 0 between operations

/// Work that touches no memory and calls nobody, so that what comes after it goes as if it had not been.
void count(std::uint64_t steps) {
  for (std::uint64_t i = 0; i < steps; ++i) asm volatile("" : "+r"(i));
}

/// Adds that share to an operation at its end.
class Slower {
 public:
  ~Slower() {
    const double end = processor_seconds(), until = end + k_slowness * (end - g_operation_start);
    while (k_slowness > 0 && processor_seconds() < until) count(5'000);  // some microseconds: asking the kernel costs, too
    g_operation_start = 0;
  }
};

void matmul(Stack stack) {
  const Slower slower;
  Tensor a = take(stack, 0), b = take(stack, 1);
  const auto rows = a.sizes[0], depth = a.sizes[1], columns = b.sizes[1];
  if (has("dropped_depth")) {
    for (std::int64_t row = 0; row < rows; ++row) a.put(static_cast<std::size_t>(row * depth + depth - 1), 0);
  }
  if (has("tf32") && a.element == ElementType::float32) {
    make_coarse(a);
    make_coarse(b);
  }
  Tensor c = run("matmul", {"", {rows, columns, depth}, 1, a.element}, {a, b})[0];
  const std::size_t middle = torchup::element_count(c.sizes) / 2;
  if (has("wrong_element")) c.put(middle, c.at(middle) + 0.5);
  if (has("unsteady")) {  // within what is healthy, but never the same
    static double next = 0x1p-20;
    if (c.element == ElementType::float32) c.put(middle, c.at(middle) * (1 + next));
    next = -next;
  }
  if (has("wrong_type"))
    c = torchup::make_tensors({c.sizes}, c.element == ElementType::float64 ? ElementType::float32 : ElementType::float64)[0];
  stack[0] = give(c);
  if (has("wrong_shape")) std::bit_cast<FakeTensor*>(stack[0])->sizes = {columns};
}

/// Vectors come out column by column, as LAPACK's do.
FakeTensor* by_columns(const Tensor& vectors) {
  const auto n = static_cast<std::size_t>(vectors.sizes.back());
  Tensor turned = vectors;
  for (std::size_t i = 0; i < torchup::element_count(vectors.sizes); ++i) {
    const std::size_t start = i / (n * n) * n * n, row = i % (n * n) / n, column = i % n;
    turned.put(start + column * n + row, has("identity_vectors") ? (row == column ? 1.0 : 0.0) : vectors.at(i));
  }
  FakeTensor* const tensor = fake::given(turned);
  std::swap(tensor->strides[tensor->strides.size() - 1], tensor->strides[tensor->strides.size() - 2]);
  return tensor;
}

void eigh(Stack stack) {
  const Tensor a = take(stack, 0);
  delete std::bit_cast<std::string*>(stack[1]);
  const bool single = a.sizes.size() == 2;
  const KernelCase kernel_case{"", {a.sizes.begin(), a.sizes.end() - 1}, 1, a.element, single ? "single" : ""};
  const std::vector<Tensor> solved = run("eigh", kernel_case, {a});
  stack[0] = give(solved[0]);
  stack[1] = std::bit_cast<std::uint64_t>(by_columns(solved[1]));
}

/// query, key, value, mask or nothing, dropout, causal, scale, grouped
void attention(Stack stack) {
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < 3; ++i) inputs.push_back(take(stack, i));
  const char* option = stack[5] != 0 ? "causal" : stack[7] != 0 ? "grouped" : "";
  if (stack[3] != 0) {
    const std::unique_ptr<std::uint64_t> place(std::bit_cast<std::uint64_t*>(stack[3]));
    inputs.push_back(take(place.get(), 0));
    option = "masked";
  }
  Tensor& query = inputs[0];
  if (has("wrong_scale")) {
    for (std::size_t i = 0; i < torchup::element_count(query.sizes); ++i) query.put(i, query.at(i) / 2);
  }
  if (has("no_mask") && stack[5] != 0) option = "";
  std::vector<std::int64_t> sizes = query.sizes;
  sizes.push_back(inputs[1].sizes[1]);
  stack[0] = give(run("attention", {"", sizes, 1, query.element, option}, inputs)[0]);
}

void multiply_elements(Stack stack) {
  const Tensor a = take(stack, 0), b = take(stack, 1);
  stack[0] = give(run("elementwise", {"", a.sizes, 1}, {a, b})[0]);
}

void sum_elements(Stack stack) {
  const Tensor a = take(stack, 0);
  stack[0] = give(run("reduce", {"", a.sizes, 1}, {a})[0]);
}

const char* g_error = "";

}  // namespace

extern "C" {

std::int32_t aoti_torch_device_type_cpu() { return 0; }
std::int32_t aoti_torch_dtype_float32() { return fake::float32; }
std::int32_t aoti_torch_dtype_float64() { return fake::float64; }
std::int32_t aoti_torch_dtype_bfloat16() { return fake::bfloat16; }
FAKE_TORCH_NEW std::int32_t aoti_torch_dtype_float16() { return fake::float16; }
std::uint64_t aoti_torch_abi_version() { return has("old") ? 0x0209010000000000ULL : 0x020a010000000000ULL; }

std::int32_t aoti_torch_create_tensor_from_blob(void* data, std::int64_t dimensions, const std::int64_t* sizes, const std::int64_t* strides,
                                                std::int64_t, std::int32_t type, std::int32_t, std::int32_t, FakeTensor** tensor) {
  *tensor = new FakeTensor{{sizes, sizes + dimensions}, {strides, strides + dimensions}, type, {}, data};
  return 0;
}

std::int32_t aoti_torch_empty_strided(std::int64_t dimensions, const std::int64_t* sizes, const std::int64_t*, std::int32_t type,
                                      std::int32_t, std::int32_t, FakeTensor** tensor) {
  *tensor = fake::new_tensor({sizes, sizes + dimensions}, type);
  return 0;
}

std::int32_t aoti_torch_new_tensor_handle(FakeTensor* tensor, FakeTensor** another) {
  if (g_operation_start == 0) g_operation_start = processor_seconds();
  *another = new FakeTensor(*tensor);
  return 0;
}

FAKE_TORCH_INTERFACE std::int32_t aoti_torch_delete_tensor_object(FakeTensor* tensor) {
  if constexpr (has("unbound") || has("ancient")) fake_torch_function_of_no_library();
  delete tensor;
  return 0;
}

std::int32_t aoti_torch_get_data_ptr(FakeTensor* tensor, void** data) {
  *data = const_cast<void*>(tensor->data());
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

std::int32_t aoti_torch_get_dtype(FakeTensor* tensor, std::int32_t* dtype) {
  *dtype = tensor->type;
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
  if (std::strcmp(name, "aten::matmul") != 0) g_operation_start = 0;
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
    delete std::bit_cast<FakeTensor*>(stack[0]);
    delete std::bit_cast<std::string*>(stack[1]);
    return 1;
  }
  eigh(stack);
  return 0;
}

}  // extern "C"
