add_test(NAME man_pages COMMAND /usr/bin/python3 ${CMAKE_CURRENT_SOURCE_DIR}/man/check_man_pages.py $<TARGET_FILE:torchup> ${CMAKE_SOURCE_DIR}/man)
set_tests_properties(man_pages PROPERTIES LABELS docs)
