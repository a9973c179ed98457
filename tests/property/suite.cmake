# Laws that hold for every value, tried on made-up ones: the same ones in each run.
file(GLOB properties CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*_test.cpp ${CMAKE_CURRENT_LIST_DIR}/made_up_*.cpp)
add_executable(test_property ${properties})
target_include_directories(test_property PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(test_property PRIVATE torchup_warnings catch_main test_support torchup_resolver)
target_precompile_headers(test_property REUSE_FROM catch_main)
add_test(NAME property COMMAND test_property)
set_tests_properties(property PROPERTIES LABELS property)
