#pragma once
// A library that is loaded when it is first needed instead of with the program: libcurl and libarchive bring some thirty others
// along, which most commands would wait for in vain. Whoever uses one keeps a typed table of its functions beside its own code.

#include "torchup/core/result.hpp"

#include <string>

namespace torchup {

class SharedLibrary {
 public:
  /// Loads the library of that soname, as the dynamic linker finds it. It stays until the process ends: threads and exit handlers may
  /// still need it. One that is not there is ErrorKind::host with the `hint`.
  static Result<SharedLibrary> open(const std::string& soname, const std::string& hint);

  /// Sets `function` to the library's function of that name; one that it has not is ErrorKind::host.
  template <class Function>
  Status find(const char* name, Function*& function) const {
    TORCHUP_TRY_ASSIGN(void* const address, address_of(name));
    function = reinterpret_cast<Function*>(address);
    return {};
  }

 private:
  SharedLibrary(void* handle, std::string soname, std::string hint);
  Result<void*> address_of(const char* name) const;

  void* m_handle;
  std::string m_soname, m_hint;
};

}  // namespace torchup
