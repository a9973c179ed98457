# torchup_embed(TARGET NAME FILE): the file's bytes become part of the target, as `std::string_view torchup::embedded_NAME()`.
# Written again whenever the file changes. Run as a script (-DINPUT= -DOUTPUT= -DNAME=), this same file does the writing.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${INPUT} bytes HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  file(WRITE ${OUTPUT} "// Written by CMake; see cmake/EmbedData.cmake.\n#include <string_view>\n\nnamespace torchup {\n\n"
    "std::string_view embedded_${NAME}();\n\nstd::string_view embedded_${NAME}() {\n  static constexpr char k_bytes[] = {\n${bytes}'\\0'};\n"
    "  return {k_bytes, sizeof(k_bytes) - 1};\n}\n\n}  // namespace torchup\n")
  return()
endif()

set(TORCHUP_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(torchup_embed target name file)
  get_filename_component(input ${file} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output} -DNAME=${name} -P ${TORCHUP_EMBED_SCRIPT}
    DEPENDS ${input} ${TORCHUP_EMBED_SCRIPT} COMMENT "Embedding ${file}" VERBATIM)
  target_sources(${target} PRIVATE ${output})
  set_source_files_properties(${output} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()
