# Small universes as data, in packse's form: what the solver must answer.
add_executable(test_scenarios ${CMAKE_CURRENT_LIST_DIR}/scenario.cpp ${CMAKE_CURRENT_LIST_DIR}/scenarios_test.cpp)
target_include_directories(test_scenarios PRIVATE ${CMAKE_SOURCE_DIR})
target_compile_definitions(test_scenarios PRIVATE TORCHUP_SCENARIO_FOLDER="${CMAKE_CURRENT_LIST_DIR}")
target_link_libraries(test_scenarios PRIVATE torchup_warnings catch_main test_support torchup_index torchup_tomlplusplus)
target_precompile_headers(test_scenarios REUSE_FROM catch_main)
add_test(NAME scenarios COMMAND test_scenarios)
set_tests_properties(scenarios PROPERTIES LABELS scenarios)

# Scenarios that others published, with the real program. The project does not carry them: where they are not, the test is shown
# as skipped, never as passed.
set(TORCHUP_PUBLISHED_SCENARIOS ../shared/scenarios CACHE STRING "The folder of published scenarios, from the source folder")
add_test(NAME conformance
  COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_LIST_DIR}/conformance.py $<TARGET_FILE:torchup> ${TORCHUP_PUBLISHED_SCENARIOS}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(conformance PROPERTIES LABELS scenarios_published SKIP_RETURN_CODE 77 TIMEOUT 600)
