// A requirements file that may include itself as `r.txt`: what it asks for can be written and read again, or a reason comes back, and
// nothing of what a variable holds is in it.

#include "torchup/resolver/requirement_files.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

constexpr const char* k_secret = "s3cret";

void check(const torchup::Error& error) {
  if (error.message.empty() || error.message.find(k_secret) != std::string::npos) std::abort();
  for (const auto& frame : error.context) {
    if (frame.find(k_secret) != std::string::npos) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (text.find(k_secret) != std::string::npos) return 0;
  const torchup::InputSources sources{
      .read = [&](const std::string& path) -> torchup::Result<std::string> {
        if (path == "r.txt") return text;
        return torchup::failure({torchup::ErrorKind::usage, "there is no such file", {}, {}});
      },
      .variable = [](const std::string& name) { return name == "TOKEN" ? std::optional<std::string>(k_secret) : std::nullopt; }};
  torchup::RequirementList list;
  const auto read = torchup::add_requirements_file(list, "r.txt", sources);
  if (!read) {
    // A nested file's name is no secret, whatever it is made of.
    if (text.find("TOKEN") == std::string::npos || text.find("-r") == std::string::npos) check(read.error());
    return 0;
  }
  for (const auto& requirement : list.requirements) {
    const auto again = torchup::Requirement::parse(requirement.text());
    if (!again || again->text() != requirement.text()) std::abort();
    torchup::hashes_of(list, requirement.name, {});
  }
  return 0;
}
