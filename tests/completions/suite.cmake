add_test(NAME completions COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/completions/check_completions.py $<TARGET_FILE:torchup> ${CMAKE_SOURCE_DIR}/completions)
set_tests_properties(completions PROPERTIES LABELS docs)
