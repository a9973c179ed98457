#include "resolver/requirements/marker_tree.hpp"

#include <algorithm>
#include <array>

namespace torchup {
namespace {

constexpr std::array k_variables{
    MarkerVariable{"python_version", MarkerType::version},
    MarkerVariable{"python_full_version", MarkerType::version},
    MarkerVariable{"implementation_version", MarkerType::version},
    MarkerVariable{"os_name", MarkerType::string},
    MarkerVariable{"sys_platform", MarkerType::string},
    MarkerVariable{"platform_machine", MarkerType::string},
    MarkerVariable{"platform_python_implementation", MarkerType::string},
    MarkerVariable{"platform_system", MarkerType::string},
    MarkerVariable{"implementation_name", MarkerType::string},
    MarkerVariable{"platform_release", MarkerType::version_or_string},
    MarkerVariable{"platform_version", MarkerType::version_or_string},
    MarkerVariable{"extra", MarkerType::extra},
    MarkerVariable{"extras", MarkerType::set},
    MarkerVariable{"dependency_groups", MarkerType::set},
};

struct OldSpelling {
  std::string_view old;
  std::string_view name;
};

// PEP 345 had dots; published metadata still has them.
constexpr std::array k_old_spellings{
    OldSpelling{"os.name", "os_name"},
    OldSpelling{"sys.platform", "sys_platform"},
    OldSpelling{"platform.version", "platform_version"},
    OldSpelling{"platform.machine", "platform_machine"},
    OldSpelling{"platform.python_implementation", "platform_python_implementation"},
    OldSpelling{"python_implementation", "platform_python_implementation"},
};

}  // namespace

const MarkerVariable* find_marker_variable(std::string_view name) {
  const auto* const spelling =
      std::find_if(k_old_spellings.begin(), k_old_spellings.end(), [name](const OldSpelling& candidate) { return candidate.old == name; });
  const std::string_view wanted = spelling != k_old_spellings.end() ? spelling->name : name;
  const auto* const found =
      std::find_if(k_variables.begin(), k_variables.end(), [wanted](const MarkerVariable& candidate) { return candidate.name == wanted; });
  return found != k_variables.end() ? found : nullptr;
}

}  // namespace torchup
