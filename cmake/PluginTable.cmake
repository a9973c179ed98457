# torchup_plugin_table(TARGET SUFFIX suffix TYPE type HEADER header FUNCTION function [FOLDER folder]): every NAME_SUFFIX.cpp in
# this folder, or in its subfolder FOLDER, defines `const TYPE NAME_SUFFIX`, and `std::span<const TYPE* const> FUNCTION()` gives them
# in the order of their names. The table is written when CMake configures; a new file makes CMake configure again. No static
# constructor, no row to forget.
function(torchup_plugin_table target)
  cmake_parse_arguments(TABLE "" "SUFFIX;TYPE;HEADER;FUNCTION;FOLDER" "" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${TABLE_FOLDER}/*_${TABLE_SUFFIX}.cpp)
  list(SORT files)
  if(NOT files)
    message(FATAL_ERROR "no *_${TABLE_SUFFIX}.cpp in ${CMAKE_CURRENT_SOURCE_DIR}/${TABLE_FOLDER}")
  endif()
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    string(APPEND declarations "extern const ${TABLE_TYPE} ${name};\n")
    string(APPEND rows "    &${name},\n")
  endforeach()
  string(CONCAT content
    "// Written by CMake from the names of the files; see cmake/PluginTable.cmake.\n"
    "#include \"${TABLE_HEADER}\"\n\n#include <span>\n\nnamespace torchup {\n\n${declarations}\n"
    "std::span<const ${TABLE_TYPE}* const> ${TABLE_FUNCTION}() {\n"
    "  static constexpr const ${TABLE_TYPE}* k_table[] = {\n${rows}  };\n  return k_table;\n}\n\n}  // namespace torchup\n")
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${TABLE_FUNCTION}.cpp)
  file(CONFIGURE OUTPUT ${generated} CONTENT "${content}" @ONLY)
  target_sources(${target} PRIVATE ${generated})
endfunction()
