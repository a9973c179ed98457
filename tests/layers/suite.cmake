# The tree's own rules, each with a test of the checker itself.
include(HeaderSelfTest)

foreach(rule layers tree)
  add_test(NAME check_${rule} COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tests/layers/check_${rule}.py ${CMAKE_SOURCE_DIR})
  add_test(NAME check_${rule}_finds_faults COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tests/layers/check_${rule}.py --self-test)
  set_tests_properties(check_${rule} check_${rule}_finds_faults PROPERTIES LABELS tree)
endforeach()
