// A lock file: what was read is written in a form that reads back to the same bytes, and a target selects from it or is told why
// not.

#include "torchup/resolver/export_lock.hpp"
#include "torchup/resolver/lockfile.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto lock = torchup::read_lock({reinterpret_cast<const char*>(data), size});
  if (!lock) return lock.error().message.empty() ? (std::abort(), 0) : 0;
  const std::string written = torchup::write_lock(*lock);
  const auto again = torchup::read_lock(written);
  if (!again || torchup::write_lock(*again) != written) std::abort();
  const torchup::MarkerEnvironment environment{{{"python_version", "3.11"},
                                                {"python_full_version", "3.11.4"},
                                                {"sys_platform", "linux"},
                                                {"platform_machine", "x86_64"},
                                                {"platform_python_implementation", "CPython"}}};
  const auto selected = torchup::select_packages(*lock, environment);
  if (!selected && selected.error().message.empty()) std::abort();
  (void)torchup::requirements_text(*lock);
  (void)torchup::conda_text(*lock, "demo");
  return 0;
}
