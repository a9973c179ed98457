#include "kernels/native/parallel.hpp"

#include <algorithm>
#include <thread>
#include <vector>

namespace torchup::native {

void for_each_part(std::int64_t extent, std::int64_t least, unsigned threads, const std::function<void(std::int64_t, std::int64_t)>& part) {
  if (extent <= 0) return;
  const std::int64_t parts = std::clamp(extent / std::max(least, std::int64_t{1}), std::int64_t{1}, std::int64_t{std::max(threads, 1U)});
  const auto first_of = [&](std::int64_t index) { return extent / parts * index + std::min(index, extent % parts); };
  std::vector<std::jthread> others;
  others.reserve(static_cast<std::size_t>(parts - 1));
  for (std::int64_t index = 1; index < parts; ++index) {
    const std::int64_t first = first_of(index);
    others.emplace_back([&part, first, count = first_of(index + 1) - first] { part(first, count); });
  }
  part(0, first_of(1));
}

}  // namespace torchup::native
