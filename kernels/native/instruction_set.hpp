#pragma once
// Which of the compiled instruction sets this processor can run, and which of them to use. Every native kernel takes one, so
// that tests run each set that the machine has, and figures say which was used.

#include <string_view>
#include <vector>

namespace torchup::native {

enum class InstructionSet {
  baseline,  ///< What every processor of the architecture has: SSE2 on x86-64, NEON on aarch64.
  avx2,      ///< AVX2 with FMA.
  avx512,    ///< AVX-512 F.
};

/// Those that this build holds and this processor and its system (CPUID and XCR0) can run, widest last.
std::vector<InstructionSet> usable_instruction_sets();

/// The widest of them.
InstructionSet widest_instruction_set();

/// "sse2", "neon", "avx2", "avx512"
std::string_view instruction_set_name(InstructionSet set);

}  // namespace torchup::native
