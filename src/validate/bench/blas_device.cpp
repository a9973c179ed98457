#include "src/validate/bench/blas_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>

namespace torchup {

namespace {

/// Fortran's interfaces: column-major, every argument by address.
template <class T>
using Gemm = void (*)(const char* transpose_a, const char* transpose_b, const int* m, const int* n, const int* k, const T* alpha,
                      const T* a, const int* lda, const T* b, const int* ldb, const T* beta, T* c, const int* ldc);
using Ssyevd = void (*)(const char* job, const char* triangle, const int* n, float* a, const int* lda, float* w, float* work,
                        const int* work_size, int* integer_work, const int* integer_work_size, int* info);

struct Symbols {
  Gemm<float> sgemm = nullptr;
  Gemm<double> dgemm = nullptr;
  Ssyevd ssyevd = nullptr;
};

Status check_info(int info) {
  if (info == 0) return {};
  return failure({ErrorKind::validation, fmt::format("`ssyevd` gave up with info {}", info), {}, {}});
}

auto& elements_of(Tensor& tensor, float) { return tensor.values; }
auto& elements_of(Tensor& tensor, double) { return tensor.wide; }
const auto& elements_of(const Tensor& tensor, float) { return tensor.values; }
const auto& elements_of(const Tensor& tensor, double) { return tensor.wide; }

template <class T>
class MatmulRun final : public PreparedRun {
 public:
  MatmulRun(Gemm<T> gemm, const KernelCase& kernel_case, const std::vector<Tensor>& inputs, std::vector<Tensor> outputs)
      : m_gemm(gemm),
        m_rows(static_cast<int>(kernel_case.sizes[0])),
        m_columns(static_cast<int>(kernel_case.sizes[1])),
        m_depth(static_cast<int>(kernel_case.sizes[2])),
        m_inputs(inputs),
        m_outputs(std::move(outputs)) {}

  Status run() override {
    const T one = 1, zero = 0;  // row-major: the transposed product of the transposed matrices
    m_gemm("N", "N", &m_columns, &m_rows, &m_depth, &one, elements_of(m_inputs[1], T()).data(), &m_columns,
           elements_of(m_inputs[0], T()).data(), &m_depth, &zero, elements_of(m_outputs[0], T()).data(), &m_columns);
    return {};
  }

  Result<std::vector<Tensor>> outputs() override { return m_outputs; }

 private:
  Gemm<T> m_gemm;
  int m_rows, m_columns, m_depth;
  const std::vector<Tensor>& m_inputs;
  std::vector<Tensor> m_outputs;
};

class EighRun final : public PreparedRun {
 public:
  EighRun(Ssyevd ssyevd, const KernelCase& kernel_case, const std::vector<Tensor>& inputs, std::vector<Tensor> outputs)
      : m_ssyevd(ssyevd),
        m_batch(static_cast<std::size_t>(kernel_case.sizes[0])),
        m_order(static_cast<std::size_t>(kernel_case.sizes[1])),
        m_inputs(inputs),
        m_outputs(std::move(outputs)),
        m_work(1 + 6 * m_order + 2 * m_order * m_order),
        m_integers(3 + 5 * m_order) {}

  Status run() override {
    m_outputs[1].values = m_inputs[0].values;
    const int order = static_cast<int>(m_order), work = static_cast<int>(m_work.size()), integers = static_cast<int>(m_integers.size());
    for (std::size_t matrix = 0; matrix < m_batch; ++matrix) {
      int info = 0;
      m_ssyevd("V", "U", &order, m_outputs[1].values.data() + matrix * m_order * m_order, &order,
               m_outputs[0].values.data() + matrix * m_order, m_work.data(), &work, m_integers.data(), &integers, &info);
      TORCHUP_TRY(check_info(info));
    }
    return {};
  }

  /// LAPACK's vectors are columns in column-major order: the rows of what the kernel wants as columns.
  Result<std::vector<Tensor>> outputs() override {
    std::vector<Tensor> turned = m_outputs;
    for (std::size_t matrix = 0; matrix < m_batch; ++matrix) {
      float* const values = turned[1].values.data() + matrix * m_order * m_order;
      for (std::size_t i = 0; i < m_order; ++i) {
        for (std::size_t j = 0; j < i; ++j) std::swap(values[i * m_order + j], values[j * m_order + i]);
      }
    }
    return turned;
  }

 private:
  Ssyevd m_ssyevd;
  std::size_t m_batch, m_order;
  const std::vector<Tensor>& m_inputs;
  std::vector<Tensor> m_outputs;
  std::vector<float> m_work;
  std::vector<int> m_integers;
};

class BlasDevice final : public Device {
 public:
  explicit BlasDevice(Symbols symbols) : m_symbols(symbols) {}

  std::string_view engine() const override { return "blas"; }

  Result<std::variant<std::unique_ptr<PreparedRun>, CannotRun>> prepare(const Kernel& kernel, const KernelCase& kernel_case,
                                                                        const std::vector<Tensor>& inputs) override {
    auto outputs = make_outputs(kernel, kernel_case);
    const bool single = kernel_case.element == ElementType::float32, wide = kernel_case.element == ElementType::float64;
    if (kernel.name == "matmul" && single && m_symbols.sgemm != nullptr)
      return std::make_unique<MatmulRun<float>>(m_symbols.sgemm, kernel_case, inputs, std::move(outputs));
    if (kernel.name == "matmul" && wide && m_symbols.dgemm != nullptr)
      return std::make_unique<MatmulRun<double>>(m_symbols.dgemm, kernel_case, inputs, std::move(outputs));
    if (kernel.name == "eigh" && single && kernel_case.sizes.size() == 2 && m_symbols.ssyevd != nullptr)
      return std::make_unique<EighRun>(m_symbols.ssyevd, kernel_case, inputs, std::move(outputs));
    return CannotRun{fmt::format("the system's BLAS has no {} of {}", kernel.name, element_name(kernel_case.element))};
  }

 private:
  Symbols m_symbols;
};

template <class Function>
Function find_function(std::initializer_list<void*> libraries, const char* name) {
  for (void* const library : libraries) {
    if (library == nullptr) continue;
    if (void* const found = ::dlsym(library, name)) return reinterpret_cast<Function>(found);
  }
  return nullptr;
}

}  // namespace

Result<BlasLibrary> load_blas() {
  ::setenv("OPENBLAS_NUM_THREADS", "1", 1);  // read once, when it is loaded
  void* const open_blas = ::dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  void* const blas = open_blas == nullptr ? ::dlopen("libblas.so.3", RTLD_NOW | RTLD_LOCAL) : nullptr;
  void* const lapack = open_blas == nullptr ? ::dlopen("liblapack.so.3", RTLD_NOW | RTLD_LOCAL) : nullptr;
  const Symbols symbols{find_function<Gemm<float>>({open_blas, blas}, "sgemm_"), find_function<Gemm<double>>({open_blas, blas}, "dgemm_"),
                        find_function<Ssyevd>({open_blas, lapack}, "ssyevd_")};
  if (symbols.sgemm == nullptr && symbols.ssyevd == nullptr) {
    return failure({ErrorKind::validation, "the system has neither `libopenblas.so.0` nor `libblas.so.3`", {}, {}});
  }
  std::string version = "libblas.so.3";
  if (open_blas != nullptr) {
    const auto config = find_function<const char* (*)()>({open_blas}, "openblas_get_config");
    version = config != nullptr ? config() : "libopenblas.so.0";
  }
  return BlasLibrary{std::make_unique<BlasDevice>(symbols), version};
}

}  // namespace torchup
