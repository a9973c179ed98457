#pragma once
// One description of an operation drives its correctness check, its timing and its listing: the inputs, our own version (the
// yardstick of this machine), the error measure against a truth in a wider type, and the work it does, for each element type
// that its cases have. Devices and the harness use it; a new operation is one new file `kernels/NAME_kernel.cpp`.

#include "torchup/kernels/element_type.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace torchup {

using TensorSizes = std::vector<std::int64_t>;

/// A dense tensor, row-major. Elements of float64 lie in `wide`; those of all other types in `values`, each a number that its type
/// has exactly.
struct Tensor {
  TensorSizes sizes;
  std::vector<float> values;
  ElementType element = ElementType::float32;
  std::vector<double> wide = {};

  double at(std::size_t index) const { return element == ElementType::float64 ? wide[index] : static_cast<double>(values[index]); }
  /// Rounds the value to the tensor's type.
  void put(std::size_t index, double value);
  bool operator==(const Tensor&) const = default;
};

struct KernelCase {
  std::string name;           ///< "512x512", unique within its kernel.
  TensorSizes sizes;          ///< What the kernel makes of it: m, n, k or batch, n or batch, heads, length, depth.
  std::uint32_t repetitions;  ///< How often it is timed; 1 where only its numbers matter.
  ElementType element = ElementType::float32;
  std::string option = {};  ///< What is special about it, in its kernel's words: "causal"; empty where nothing is.
};

/// What one run of a case does; `items` counts whole problems (matrices of a batch).
struct Work {
  double flops = 0, bytes = 0, items = 0;
};

/// How far outputs are from the float64 truth, in the kernel's own measure.
struct ErrorMeasurement {
  std::string measure;    ///< "max |C - C64| / (sqrt(k) u |A||B|)"
  double value = 0;       ///< Infinite where anything is not a number.
  double limit = 0;       ///< Healthy implementations stay below it.
  std::string diagnosis;  ///< What an excess looks like; empty where it holds.

  bool holds() const { return value < limit; }
};

struct Kernel {
  std::string_view name;       ///< "matmul"
  std::string_view describes;  ///< One line for listings.
  std::string_view rate_unit;  ///< "GFLOP/s", "GB/s" or "matrices/s"

  std::vector<KernelCase> (*cases)();
  /// The same values on every machine and every run.
  std::vector<Tensor> (*inputs)(const KernelCase&);
  /// The sizes that a right output has, in order.
  std::vector<TensorSizes> (*output_sizes)(const KernelCase&);
  /// Our version, on one thread, into outputs of the right sizes and of the case's element type, whatever they hold.
  void (*run_native)(const KernelCase&, const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs);
  /// Judges outputs of the right sizes and element type, whoever made them.
  ErrorMeasurement (*measure)(const KernelCase&, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs);
  Work (*work)(const KernelCase&);
};

/// Every kernel that a framework has too, ordered by name.
std::span<const Kernel* const> kernel_table();

/// The kernels that only measure this machine: its arithmetic and its memory. Ordered by name.
std::span<const Kernel* const> machine_kernel_table();

/// The kernel of that name in either table, or nullptr.
const Kernel* find_kernel(std::string_view name);

/// Work per second in the kernel's `rate_unit`; 0 where no time passed.
double work_rate(const Kernel& kernel, const Work& work, double seconds);

/// Tensors of these sizes that hold zeros.
std::vector<Tensor> make_tensors(const std::vector<TensorSizes>& sizes, ElementType element = ElementType::float32);

/// Places for the outputs of a case: of its sizes and its element type.
std::vector<Tensor> make_outputs(const Kernel& kernel, const KernelCase& kernel_case);

/// The number of elements of a tensor of these sizes.
std::size_t element_count(const TensorSizes& sizes);

}  // namespace torchup
