// What the doctor and the report read of an environment: METADATA, version.py, torch's own list of libraries, dates; and what the
// report leaves out of any text.

#include "torchup/doctor/report.hpp"

#include "src/doctor/distribution_metadata.hpp"
#include "src/doctor/index_answer.hpp"
#include "src/doctor/torch_preload.hpp"
#include "src/elf/library_search.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto metadata = torchup::parse_distribution_metadata(text);
  if (metadata.requires_dist.size() + metadata.unreadable.size() > 20'001) std::abort();
  torchup::python_constant(text, "cuda");
  for (const std::string& name : torchup::preloaded_names(text)) {
    if (!name.ends_with(".so.") || name.size() > 80) std::abort();
  }
  for (const auto& folder : torchup::library_path_folders(text, "/here")) {
    if (!folder.is_absolute()) std::abort();
  }
  if (const auto date = torchup::parse_http_date(text); date && date->time_since_epoch().count() < 0) std::abort();
  // What was left out once leaves nothing more to leave out.
  const std::string once = torchup::redacted_text(text, "/home/me");
  if (once.find("/home/me/") != std::string::npos) std::abort();
  return 0;
}
