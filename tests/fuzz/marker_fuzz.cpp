// An environment marker: its text reads back, and a simplified one holds where it holds.

#include "torchup/resolver/marker_algebra.hpp"

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

std::vector<torchup::MarkerEnvironment> environments() {
  std::vector<torchup::MarkerEnvironment> made;
  for (const char* python : {"2.7.18", "3.8.0rc1", "3.9.7", "3.11.0", "3.14.0"}) {
    const std::string full = python;
    for (const char* platform : {"linux", "win32"}) {
      made.push_back({{{"python_version", full.substr(0, full.find('.', 2))},
                       {"python_full_version", full},
                       {"implementation_version", full},
                       {"implementation_name", "cpython"},
                       {"platform_python_implementation", "CPython"},
                       {"sys_platform", platform},
                       {"os_name", platform[0] == 'l' ? "posix" : "nt"},
                       {"platform_system", platform[0] == 'l' ? "Linux" : "Windows"},
                       {"platform_machine", "x86_64"},
                       {"platform_release", platform[0] == 'l' ? "6.1.0-13-amd64" : "10"},
                       {"platform_version", "10.0.22631"}},
                      {"a", "test"},
                      {"dev"}});
    }
  }
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto all = environments();
  const auto marker = torchup::Marker::parse({reinterpret_cast<const char*>(data), size});
  if (!marker) return marker.error().message.empty() ? (std::abort(), 0) : 0;
  const auto again = torchup::Marker::parse(marker->text());
  if (!again || again->text() != marker->text()) std::abort();
  const torchup::MarkerOrTruth brief = simplified(*marker);
  for (const auto& environment : all) {
    const bool* truth = std::get_if<bool>(&brief);
    const bool holds = truth != nullptr ? *truth : std::get<torchup::Marker>(brief).evaluate(environment);
    if (holds != marker->evaluate(environment) || holds != again->evaluate(environment)) std::abort();
    (void)marker->meaningless_comparison(environment);
  }
  return 0;
}
