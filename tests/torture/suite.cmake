# What happens to the real program when it is killed, refused, cut off from its disk, or run by many at once. Here in its short
# form; `make torture` runs all of it.
file(GLOB shim CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/torture/shim/*.cpp)
add_library(torture_shim MODULE ${shim})
target_link_libraries(torture_shim PRIVATE torchup_warnings ${CMAKE_DL_LIBS})
set_target_properties(torture_shim PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET default)

foreach(harness shim_check adoption kill_sweep interrupts errno_sweep full_disk power_cut concurrency bit_rot canary http_matrix malformed_wheels)
  add_test(NAME torture_${harness} COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/torture/${harness}.py $<TARGET_FILE:torchup> $<TARGET_FILE:torture_shim>)
  set_tests_properties(torture_${harness} PROPERTIES LABELS torture TIMEOUT 600 SKIP_RETURN_CODE 77)
endforeach()
