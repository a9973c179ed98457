# Recorded machines, each with what probing and choosing must make of it; and made-up driver libraries to ask.
add_executable(test_hosts hosts/recorded_hosts_test.cpp hosts/mutated_hosts_test.cpp hosts/mutated_host.cpp
  hosts/cuda_driver_test.cpp hosts/driver_library_test.cpp)
target_link_libraries(test_hosts PRIVATE torchup_warnings catch_main test_support torchup_probes torchup_resolver nlohmann_json::nlohmann_json)
target_compile_definitions(test_hosts PRIVATE TORCHUP_TEST_HOSTS="${CMAKE_CURRENT_LIST_DIR}")
target_precompile_headers(test_hosts REUSE_FROM catch_main)

# The loader looks for these there first, whatever drivers this machine has.
set(fake_drivers ${CMAKE_CURRENT_BINARY_DIR}/fake_drivers)
foreach(fake IN ITEMS cuda_driver:libcuda nvml:libnvidia-ml level_zero:libze_loader)
  string(REPLACE ":" ";" fake ${fake})
  list(GET fake 0 name)
  list(GET fake 1 library)
  add_library(fake_${name} MODULE hosts/fake_${name}.cpp)
  target_link_libraries(fake_${name} PRIVATE torchup_warnings)
  set_target_properties(fake_${name} PROPERTIES PREFIX "" OUTPUT_NAME ${library} SUFFIX ".so.1" LIBRARY_OUTPUT_DIRECTORY ${fake_drivers})
  add_dependencies(test_hosts fake_${name})
endforeach()
set_target_properties(test_hosts PROPERTIES BUILD_RPATH ${fake_drivers})
# RPATH rather than RUNPATH, since the sanitizers' own dlopen would not look at ours.
target_link_options(test_hosts PRIVATE -Wl,--disable-new-dtags)

add_test(NAME hosts COMMAND test_hosts)
set_tests_properties(hosts PROPERTIES LABELS unit)
