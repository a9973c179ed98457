# torchup's reading of the packaging standards against the `packaging` library, which `make peers` installs, and the answers
# of `torchup debug` that the comparison goes through.
foreach(subcommand version-key compare specifier filter marker requirement wheel-name tags)
  add_test(NAME differential_${subcommand}
           COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_LIST_DIR}/compare_with_packaging.py $<TARGET_FILE:torchup>
                   --peers ${CMAKE_SOURCE_DIR}/build/peers --seed 1 --count 100000 --only ${subcommand})
  set_tests_properties(differential_${subcommand} PROPERTIES LABELS differential)
endforeach()

# Requirements files against the parser of the peers' pip, which reads text by the locale, and groups against `packaging`.
foreach(input requirement_files dependency_groups)
  add_test(NAME differential_${input}
           COMMAND /usr/bin/python3 -B -X utf8 ${CMAKE_CURRENT_LIST_DIR}/compare_${input}.py $<TARGET_FILE:torchup>
                   --peers ${CMAKE_SOURCE_DIR}/build/peers --seed 1 --count 400)
  set_tests_properties(differential_${input} PROPERTIES LABELS differential)
endforeach()

add_executable(test_debug_answers ${CMAKE_CURRENT_LIST_DIR}/debug_answers_test.cpp)
target_include_directories(test_debug_answers PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(test_debug_answers PRIVATE torchup_warnings catch_main torchup_commands)
target_precompile_headers(test_debug_answers REUSE_FROM catch_main)
add_test(NAME unit_debug_answers COMMAND test_debug_answers)
set_tests_properties(unit_debug_answers PROPERTIES LABELS cli)
