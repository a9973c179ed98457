#pragma once
// The instruction sets as types: the bodies of kernels are templates over one of these and are instantiated in one .cpp file
// for each set, compiled for it. What such a file includes must instantiate nothing that other files share (no standard
// containers or algorithms): the linker keeps one copy of an inline function, and might keep the one with instructions that
// this processor lacks. Templates over these types are never shared.

#include <cstddef>

namespace torchup::native {

struct Baseline {
  static constexpr std::size_t k_bytes = 16;  // of a vector register
};
struct Avx2 {
  static constexpr std::size_t k_bytes = 32;
};
struct Avx512 {
  static constexpr std::size_t k_bytes = 64;
};

template <class Set, class T>
struct Lanes {
  static constexpr std::size_t k_count = Set::k_bytes / sizeof(T);
  using Vector [[gnu::vector_size(Set::k_bytes)]] = T;

  [[gnu::always_inline]] static inline void load(Vector& vector, const T* from) { __builtin_memcpy(&vector, from, sizeof(Vector)); }
  [[gnu::always_inline]] static inline void store(T* to, const Vector& vector) { __builtin_memcpy(to, &vector, sizeof(Vector)); }
};

}  // namespace torchup::native
