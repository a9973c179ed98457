// What drivers, C libraries and the kernel say of a host, each reader given the same text.

#include "probes/shared/amd_devices.hpp"
#include "probes/shared/intel_devices.hpp"
#include "probes/shared/libc_text.hpp"
#include "probes/shared/nvidia_text.hpp"
#include "probes/shared/redacted.hpp"
#include "probes/shared/text.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)torchup::parse_nvrm_version(text);
  (void)torchup::parse_glibc_banner(text);
  (void)torchup::parse_musl_banner(text);
  (void)torchup::parse_cuda_answer(text);
  (void)torchup::explained_cuda_error(text);
  (void)torchup::explained_nvml_error(text);
  (void)torchup::nvrm_flavour(text);
  (void)torchup::intel_device(text);
  if (torchup::parse_nvml_answer(text).devices.size() > 64) std::abort();
  const std::string gfx = torchup::gfx_of_override(text);
  if (!gfx.empty() && !gfx.starts_with("gfx")) std::abort();
  // What was taken out once leaves nothing to take out.
  const std::string shown = torchup::redacted(text);
  if (torchup::redacted(shown) != shown) std::abort();
  (void)torchup::count_of_list(text);
  (void)torchup::fields_of(text, ':');
  if (torchup::parse_smi_rows(text).size() > torchup::lines_of(text).size()) std::abort();
  const std::string sm = torchup::sm_of_capability(text);
  if (!sm.empty() && !sm.starts_with("sm_")) std::abort();
  return 0;
}
