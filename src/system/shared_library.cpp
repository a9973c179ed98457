#include "torchup/system/shared_library.hpp"

#include <fmt/format.h>

#include <dlfcn.h>
#include <utility>

namespace torchup {
namespace {

/// What the dynamic linker says of the last failure, without the name that it begins with.
std::string linker_problem(const std::string& soname) {
  const char* const said = ::dlerror();
  std::string text = said != nullptr ? said : "the dynamic linker does not say why";
  if (text.starts_with(soname + ": ")) text.erase(0, soname.size() + 2);
  return text;
}

}  // namespace

SharedLibrary::SharedLibrary(void* handle, std::string soname, std::string hint)
    : m_handle(handle), m_soname(std::move(soname)), m_hint(std::move(hint)) {}

Result<SharedLibrary> SharedLibrary::open(const std::string& soname, const std::string& hint) {
  void* const handle = ::dlopen(soname.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr)
    return failure({ErrorKind::host, fmt::format("the library `{}` cannot be loaded: {}", soname, linker_problem(soname)), {}, {hint}});
  return SharedLibrary(handle, soname, hint);
}

Result<void*> SharedLibrary::address_of(const char* name) const {
  void* const address = ::dlsym(m_handle, name);
  if (address == nullptr)
    return failure({ErrorKind::host, fmt::format("the library `{}` has no function `{}`", m_soname, name), {}, {m_hint}});
  return address;
}

}  // namespace torchup
