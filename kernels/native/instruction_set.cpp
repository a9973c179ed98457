#include "kernels/native/instruction_set.hpp"

namespace torchup::native {

std::vector<InstructionSet> usable_instruction_sets() {
  std::vector<InstructionSet> sets{InstructionSet::baseline};
#if defined(__x86_64__)
  // The compiler's own test looks at CPUID, and at XCR0 for what the system saves.
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets.push_back(InstructionSet::avx2);
  if (__builtin_cpu_supports("avx512f")) sets.push_back(InstructionSet::avx512);
#endif
  return sets;
}

InstructionSet widest_instruction_set() {
  static const InstructionSet widest = usable_instruction_sets().back();
  return widest;
}

std::string_view instruction_set_name(InstructionSet set) {
  switch (set) {
    case InstructionSet::avx512:
      return "avx512";
    case InstructionSet::avx2:
      return "avx2";
    case InstructionSet::baseline:
      break;
  }
#if defined(__aarch64__)
  return "neon";
#else
  return "sse2";
#endif
}

}  // namespace torchup::native
