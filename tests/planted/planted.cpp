// Stands in libtorch_cpu.so's place in a copy of an environment and forwards everything to the real library, which lies beside it as
// libtorch_cpu_real.so. PLANTED_FAULT names what it does wrong on the way. Built and run by planted_faults.py.

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using Handle = void*;
using Stack = std::uint64_t*;

std::string fault() {
  const char* const name = std::getenv("PLANTED_FAULT");
  return name == nullptr ? "" : name;
}

/// The next library's function of that name: the real one.
template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

struct View {
  float* data = nullptr;  // null for other types than float32
  std::vector<std::int64_t> sizes, strides;
};

View view_of(std::uint64_t value) {
  auto* const handle = reinterpret_cast<Handle>(value);
  View view;
  std::int32_t type = 0;
  std::int64_t axes = 0, *sizes = nullptr, *strides = nullptr;
  void* data = nullptr;
  real<std::int32_t (*)(Handle, std::int32_t*)>("aoti_torch_get_dtype")(handle, &type);
  real<std::int32_t (*)(Handle, std::int64_t*)>("aoti_torch_get_dim")(handle, &axes);
  real<std::int32_t (*)(Handle, std::int64_t**)>("aoti_torch_get_sizes")(handle, &sizes);
  real<std::int32_t (*)(Handle, std::int64_t**)>("aoti_torch_get_strides")(handle, &strides);
  real<std::int32_t (*)(Handle, void**)>("aoti_torch_get_data_ptr")(handle, &data);
  if (type == real<std::int32_t (*)()>("aoti_torch_dtype_float32")()) view.data = static_cast<float*>(data);
  view.sizes.assign(sizes, sizes + axes);
  view.strides.assign(strides, strides + axes);
  return view;
}

/// Changes the values of a dense input until this ends: they are the caller's.
class Changed {
 public:
  template <class Change>
  Changed(const View& view, const Change& change) : m_data(view.data) {
    if (m_data == nullptr) return;
    std::size_t count = 1;
    for (const std::int64_t size : view.sizes) count *= static_cast<std::size_t>(size);
    m_before.assign(m_data, m_data + count);
    for (std::size_t i = 0; i < count; ++i) m_data[i] = change(i, m_data[i]);
  }
  Changed(const Changed&) = delete;
  Changed& operator=(const Changed&) = delete;
  ~Changed() {
    if (m_data != nullptr) std::memcpy(m_data, m_before.data(), m_before.size() * sizeof(float));
  }

 private:
  float* m_data;
  std::vector<float> m_before;
};

float coarse(std::size_t, float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  bits = (bits + 0x1000U) & ~0x1fffU;
  std::memcpy(&value, &bits, sizeof(bits));
  return value;
}

using Dispatcher = std::int32_t (*)(const char*, const char*, Stack, std::uint64_t);

std::int32_t forward(const char* name, const char* overload, Stack stack, std::uint64_t version) {
  return real<Dispatcher>("torch_call_dispatcher")(name, overload, stack, version);
}

std::int32_t matmul(const char* name, const char* overload, Stack stack, std::uint64_t version) {
  const View a = view_of(stack[0]), b = view_of(stack[1]);
  if (fault() == "c:tf32") {
    const Changed left(a, coarse), right(b, coarse);
    return forward(name, overload, stack, version);
  }
  if (fault() == "c:dropped-k") {
    const auto depth = static_cast<std::size_t>(a.sizes[1]);
    const Changed left(a, [&](std::size_t i, float value) { return i % depth == depth - 1 ? 0.0F : value; });
    return forward(name, overload, stack, version);
  }
  const std::int32_t status = forward(name, overload, stack, version);
  if (fault() == "c:wrong-element") {
    const View c = view_of(stack[0]);
    if (c.data != nullptr) c.data[c.sizes[0] / 2 * c.strides[0]] += 0.5F;
  }
  return status;
}

std::int32_t eigh(const char* name, const char* overload, Stack stack, std::uint64_t version) {
  if (fault() == "c:crash") *static_cast<volatile int*>(nullptr) = 1;
  if (fault() == "c:illegal") __builtin_trap();
  const View a = view_of(stack[0]);
  while (fault() == "c:hang" && a.data != nullptr && a.sizes == std::vector<std::int64_t>{33, 33}) ::pause();
  const std::int32_t status = forward(name, overload, stack, version);
  if (fault() != "c:identity") return status;
  const View v = view_of(stack[1]);
  if (v.data == nullptr) return status;
  const std::size_t axes = v.sizes.size();
  const std::int64_t batch = axes > 2 ? v.sizes[0] : 1, step = axes > 2 ? v.strides[0] : 0, n = v.sizes[axes - 1];
  for (std::int64_t i = 0; i < batch * n * n; ++i) {
    const std::int64_t row = i / n % n, column = i % n;
    v.data[i / (n * n) * step + row * v.strides[axes - 2] + column * v.strides[axes - 1]] = row == column ? 1.0F : 0.0F;
  }
  return status;
}

std::int32_t attention(const char* name, const char* overload, Stack stack, std::uint64_t version) {
  if (fault() != "c:scale") return forward(name, overload, stack, version);
  const Changed query(view_of(stack[0]), [](std::size_t, float value) { return value / 2; });
  return forward(name, overload, stack, version);
}

}  // namespace

extern "C" std::int32_t torch_call_dispatcher(const char* name, const char* overload, Stack stack, std::uint64_t version) {
  if (std::strcmp(name, "aten::matmul") == 0) return matmul(name, overload, stack, version);
  if (std::strcmp(name, "aten::linalg_eigh") == 0) return eigh(name, overload, stack, version);
  if (std::strcmp(name, "aten::scaled_dot_product_attention") == 0) return attention(name, overload, stack, version);
  return forward(name, overload, stack, version);
}
