# Recorded machines, each with what probing and choosing must make of it; and a made-up CUDA driver to ask.
add_executable(test_hosts hosts/recorded_hosts_test.cpp hosts/cuda_driver_test.cpp)
target_link_libraries(test_hosts PRIVATE torchup_warnings catch_main test_support torchup_probes torchup_resolver nlohmann_json::nlohmann_json)
target_compile_definitions(test_hosts PRIVATE TORCHUP_TEST_HOSTS="${CMAKE_CURRENT_LIST_DIR}")
target_precompile_headers(test_hosts REUSE_FROM catch_main)

add_library(fake_cuda_driver MODULE hosts/fake_cuda_driver.cpp)
target_link_libraries(fake_cuda_driver PRIVATE torchup_warnings)
set_target_properties(fake_cuda_driver PROPERTIES PREFIX "" OUTPUT_NAME "libcuda" SUFFIX ".so.1"
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/fake_cuda_driver)
# The loader looks for libcuda.so.1 there first, whatever driver this machine has.
set_target_properties(test_hosts PROPERTIES BUILD_RPATH ${CMAKE_CURRENT_BINARY_DIR}/fake_cuda_driver)
# RPATH rather than RUNPATH, since the sanitizers' own dlopen would not look at ours.
target_link_options(test_hosts PRIVATE -Wl,--disable-new-dtags)
add_dependencies(test_hosts fake_cuda_driver)

add_test(NAME hosts COMMAND test_hosts)
set_tests_properties(hosts PROPERTIES LABELS unit)
