// Two versions, a line each: the normal form reads back as the same version, and the order is one.

#include "torchup/resolver/version.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto left = torchup::Version::parse(text.substr(0, text.find('\n')));
  if (!left) return left.error().message.empty() ? (std::abort(), 0) : 0;
  const auto again = torchup::Version::parse(left->text());
  if (!again || *again != *left || again->text() != left->text()) std::abort();
  if (left->without_local() > *left) std::abort();
  const auto right = torchup::Version::parse(text.substr(std::min(size, text.find('\n') + 1)));
  if (right && (*left < *right) != (*right > *left)) std::abort();
  if (right && (*left == *right) != (left->text() == right->text()) && left->release().size() == right->release().size()) std::abort();
  return 0;
}
