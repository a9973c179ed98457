#include "bench/kernels/peer_libraries.hpp"

#include <cstdlib>
#include <dlfcn.h>

namespace torchup::bench {

PeerLibrary load_openblas() {
  ::setenv("OPENBLAS_NUM_THREADS", "1", 1);  // read once, when it is loaded
  void* const library = ::dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return {};
  PeerLibrary peer;
  peer.name = "openblas";
  peer.sgemm = reinterpret_cast<GemmFunction<float>>(::dlsym(library, "sgemm_"));
  peer.dgemm = reinterpret_cast<GemmFunction<double>>(::dlsym(library, "dgemm_"));
  peer.ssyevd = reinterpret_cast<SyevdFunction>(::dlsym(library, "ssyevd_"));
  return peer;
}

}  // namespace torchup::bench
