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

# torchup_embed_folder(TARGET NAME FOLDER): every *.py file below the folder, as `std::span<const torchup::EmbeddedFile>
# torchup::embedded_NAME()` with paths relative to the folder's parent, ordered by path. HEADER declares EmbeddedFile.
function(torchup_embed_folder target name folder)
  cmake_parse_arguments(EMBED "" "HEADER" "" ${ARGN})
  get_filename_component(root ${folder} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  get_filename_component(parent ${root} DIRECTORY)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${root}/*.py)
  list(SORT files)
  set(declarations "")
  set(rows "")
  foreach(file IN LISTS files)
    file(RELATIVE_PATH path ${parent} ${file})
    string(MAKE_C_IDENTIFIER ${path} identifier)
    torchup_embed(${target} ${identifier} ${file})
    string(APPEND declarations "std::string_view embedded_${identifier}();\n")
    string(APPEND rows "      {\"${path}\", embedded_${identifier}()},\n")
  endforeach()
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT "// Written by CMake; see cmake/EmbedData.cmake.
#include \"@EMBED_HEADER@\"

#include <array>
#include <string_view>

namespace torchup {

@declarations@
std::span<const EmbeddedFile> embedded_@name@() {
  static const auto files = std::to_array<EmbeddedFile>({
@rows@  });
  return files;
}

}  // namespace torchup
")
  target_sources(${target} PRIVATE ${output})
endfunction()
