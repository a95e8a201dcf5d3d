# What to do about each kind of diagnostic, docs/generate/advice.txt, as one list of C++ literals, `{"code", R"(…)"},` each, which
# compiler/diagnostics/advice.cpp includes.
function(segue_advice file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" text)
  string(REGEX REPLACE "\n([a-z0-9-]+): ([^\n]*)" "\n{\"\\1\", R\"advice(\\2)advice\"}," text "\n${text}")
  string(REGEX REPLACE "\n#[^\n]*" "" text "${text}")
  file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/generated/compiler/diagnostics/advice.inc" CONTENT "${text}")
endfunction()
