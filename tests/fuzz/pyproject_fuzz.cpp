// A pyproject.toml with every extra and the group `test`: requirements that can be written and read again, or a reason.

#include "torchup/resolver/requirement_files.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view toml(reinterpret_cast<const char*>(data), size);
  for (const bool project : {true, false}) {
    torchup::RequirementList list;
    const auto read = torchup::add_pyproject(list, toml, "pyproject.toml", {.project = project, .all_extras = project, .groups = {"test"}});
    if (!read && read.error().message.empty()) std::abort();
    for (const auto& requirement : list.requirements) {
      const auto again = torchup::Requirement::parse(requirement.text());
      if (!again || again->text() != requirement.text()) std::abort();
    }
  }
  return 0;
}
