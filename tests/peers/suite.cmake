# torchup beside other tools: a lock made here is theirs to install, a lock made there is ours. `make peers` installs them into
# build/peers; a test fails where they are missing, since a comparison that did not happen must not look like one that passed.
set(TORCHUP_PEERS ${CMAKE_SOURCE_DIR}/build/peers CACHE PATH "Where scripts/peers put uv and packaging")

foreach(peer locks_accepted locks_judged exports_accepted)
  add_test(NAME peers_${peer} COMMAND /usr/bin/python3 -B ${CMAKE_CURRENT_SOURCE_DIR}/peers/${peer}.py $<TARGET_FILE:torchup> ${TORCHUP_PEERS})
  set_tests_properties(peers_${peer} PROPERTIES LABELS peers TIMEOUT 300)
endforeach()
