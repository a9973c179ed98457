# Linked by every target of ours; never by a third-party one.
add_library(torchup_warnings INTERFACE)
target_compile_options(torchup_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees dangling and uninitialised values inside std::variant and std::optional that are not there.
  target_compile_options(torchup_warnings INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
endif()
if(TORCHUP_WERROR)
  target_compile_options(torchup_warnings INTERFACE -Werror)
endif()
