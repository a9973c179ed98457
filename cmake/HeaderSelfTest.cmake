# Every public header compiles alone and may be included twice: a header that leans on what stood before it fails the build.
file(GLOB_RECURSE public_headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/include/torchup/*.hpp)
set(self_test_sources)
foreach(header ${public_headers})
  file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR}/include ${header})
  string(MAKE_C_IDENTIFIER ${name} stem)
  set(source ${CMAKE_BINARY_DIR}/header_self_test/${stem}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${name}\"\n#include \"${name}\"\n" @ONLY)
  list(APPEND self_test_sources ${source})
endforeach()

add_library(header_self_test OBJECT ${self_test_sources})
target_include_directories(header_self_test PRIVATE ${CMAKE_SOURCE_DIR}/include)
target_link_libraries(header_self_test PRIVATE fmt::fmt tl::expected torchup_warnings)
# No precompiled header, which would hide what is missing, and no optimisation, since nothing runs.
target_compile_options(header_self_test PRIVATE -O0 -g0)
