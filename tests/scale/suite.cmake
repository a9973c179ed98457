# How the solver's work and memory grow with the number of packages: held to limits by tests, timed by `make bench-scale`.
add_library(made_up_graph STATIC ${CMAKE_CURRENT_LIST_DIR}/made_up_graph.cpp)
target_compile_options(made_up_graph PRIVATE $<$<CONFIG:Release>:-O2>)  # else it would take longer than the solver
target_link_libraries(made_up_graph PUBLIC test_support torchup_resolver PRIVATE torchup_warnings)

add_executable(test_scale ${CMAKE_CURRENT_LIST_DIR}/solver_effort_test.cpp)
target_link_libraries(test_scale PRIVATE torchup_warnings catch_main made_up_graph)
target_precompile_headers(test_scale REUSE_FROM catch_main)
add_test(NAME solver_effort COMMAND test_scale)
set_tests_properties(solver_effort PROPERTIES LABELS property)

add_executable(bench_scale ${CMAKE_CURRENT_LIST_DIR}/scale_main.cpp)
target_link_libraries(bench_scale PRIVATE torchup_warnings made_up_graph)
foreach(kind chain fan layers backing)
  add_test(NAME solver_memory_${kind} COMMAND bench_scale ${kind} 100000)
  set_tests_properties(solver_memory_${kind} PROPERTIES LABELS scale)  # not of the sanitizers, which need memory of their own
endforeach()
