# Linked by every target of ours; never by a third-party one.
add_library(torchup_warnings INTERFACE)
target_compile_options(torchup_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees uninitialised, overlapping and overlong values inside std::variant, std::optional and std::string that are
  # not there.
  target_compile_options(torchup_warnings INTERFACE -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
endif()
if(TORCHUP_WERROR)
  target_compile_options(torchup_warnings INTERFACE -Werror)
endif()
