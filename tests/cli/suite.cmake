# The real program against an index on loopback: what a user does, and what goes wrong.
foreach(story catalog faults commands foreign generations bytecode lock_views inputs indexes sdists store doctor bench bundle bundle_use libtorch hostile_archives)
  add_test(NAME cli_${story} COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/cli/${story}.py $<TARGET_FILE:torchup>)
  set_tests_properties(cli_${story} PROPERTIES LABELS cli TIMEOUT 600)
endforeach()
