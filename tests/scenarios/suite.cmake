# Small universes as data, in packse's form: what the solver must answer. TORCHUP_SCENARIOS names a further folder of them.
add_executable(test_scenarios ${CMAKE_CURRENT_LIST_DIR}/scenario.cpp ${CMAKE_CURRENT_LIST_DIR}/scenarios_test.cpp)
target_include_directories(test_scenarios PRIVATE ${CMAKE_SOURCE_DIR})
target_compile_definitions(test_scenarios PRIVATE TORCHUP_SCENARIO_FOLDER="${CMAKE_CURRENT_LIST_DIR}")
target_link_libraries(test_scenarios PRIVATE torchup_warnings catch_main test_support torchup_resolver PkgConfig::tomlplusplus)
target_precompile_headers(test_scenarios REUSE_FROM catch_main)
add_test(NAME scenarios COMMAND test_scenarios)
set_tests_properties(scenarios PROPERTIES LABELS scenarios)
