#include "kernels/native/matmul/pack.hpp"

#include <algorithm>

namespace torchup::native {

namespace {

template <class T>
T widened(T value) {
  return value;
}
float widened(Bfloat16 value) { return to_float(value); }

/// A full panel whose width is known, so that the copy of a step is unrolled.
template <int width, class From, class T>
void pack_panel(const From* from, const PackedBlock& block, T* packed) {
  if (block.lane_step == 1) {
    for (std::int64_t p = 0; p < block.depth; ++p) {
      for (int lane = 0; lane < width; ++lane) packed[lane] = widened(from[lane]);
      from += block.depth_step;
      packed += width;
    }
    return;
  }
  for (std::int64_t p = 0; p < block.depth; ++p) {
    for (int lane = 0; lane < width; ++lane) packed[lane] = widened(from[lane * block.lane_step]);
    from += block.depth_step;
    packed += width;
  }
}

template <class From, class T>
void pack_edge(const From* from, const PackedBlock& block, std::int64_t filled, int width, T* packed) {
  for (std::int64_t p = 0; p < block.depth; ++p) {
    for (std::int64_t lane = 0; lane < filled; ++lane) packed[lane] = widened(from[lane * block.lane_step]);
    std::fill(packed + filled, packed + width, T{});
    from += block.depth_step;
    packed += width;
  }
}

template <class From, class T>
void pack_panels(const From* from, const PackedBlock& block, int width, T* packed) {
  for (std::int64_t lane = 0; lane < block.lanes; lane += width) {
    const From* const panel = from + lane * block.lane_step;
    T* const to = packed + lane * block.depth;
    const std::int64_t filled = std::min<std::int64_t>(width, block.lanes - lane);
    if (filled < width) {
      pack_edge(panel, block, filled, width, to);
      continue;
    }
    switch (width) {
      case 4:
        pack_panel<4>(panel, block, to);
        break;
      case 6:
        pack_panel<6>(panel, block, to);
        break;
      case 8:
        pack_panel<8>(panel, block, to);
        break;
      case 14:
        pack_panel<14>(panel, block, to);
        break;
      case 16:
        pack_panel<16>(panel, block, to);
        break;
      case 32:
        pack_panel<32>(panel, block, to);
        break;
      default:
        pack_edge(panel, block, width, width, to);
    }
  }
}

}  // namespace

void pack(const float* from, const PackedBlock& block, int width, float* packed) { pack_panels(from, block, width, packed); }
void pack(const double* from, const PackedBlock& block, int width, double* packed) { pack_panels(from, block, width, packed); }
void pack(const Bfloat16* from, const PackedBlock& block, int width, float* packed) { pack_panels(from, block, width, packed); }

}  // namespace torchup::native
