# Broken stand-ins for libtorch_cpu.so, one for each fault, below build/tests/fake_torch/FAULT/torch/lib, and a program that
# loads them as torchup would. test_validate shows that each fault is named.
set(fake_torch_sources ${CMAKE_CURRENT_LIST_DIR}/fake_torch/fake_torch.cpp)
set(fake_torches)
foreach(fault healthy old slower half_speed unsteady wrong_element dropped_depth tf32 wrong_shape wrong_type identity_vectors wrong_scale no_mask crash
        illegal_instruction exit hang refuses unbound ancient)
  add_library(fake_torch_${fault} MODULE ${fake_torch_sources})
  target_include_directories(fake_torch_${fault} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(fake_torch_${fault} PRIVATE FAKE_TORCH_FAULT=${fault})
  target_link_libraries(fake_torch_${fault} PRIVATE torchup_kernels torchup_warnings)
  set_target_properties(fake_torch_${fault} PROPERTIES PREFIX "" OUTPUT_NAME libtorch_cpu
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/fake_torch/${fault}/torch/lib)
  list(APPEND fake_torches fake_torch_${fault})
endforeach()
target_compile_definitions(fake_torch_old PRIVATE FAKE_TORCH_IS_OLD)
target_compile_definitions(fake_torch_ancient PRIVATE FAKE_TORCH_IS_ANCIENT)

add_executable(shim_host ${CMAKE_CURRENT_LIST_DIR}/shim_host_main.cpp)
target_include_directories(shim_host PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(shim_host PRIVATE torchup_validate torchup_warnings)

if(TARGET test_validate)
  add_dependencies(test_validate shim_host ${fake_torches})
  target_compile_definitions(test_validate PRIVATE
    TORCHUP_SHIM_HOST="$<TARGET_FILE:shim_host>" TORCHUP_FAKE_TORCH="${CMAKE_BINARY_DIR}/tests/fake_torch")
endif()
