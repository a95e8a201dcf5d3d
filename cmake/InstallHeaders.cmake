# Copies the facade's one header for all, those of the libraries on top of it, and every header of ours that they include, from SEGUE_SOURCE to SEGUE_HEADERS.
cmake_policy(VERSION 3.25)
set(todo "bindings/cpp/segue.h"
  "bindings/cpp/diff/diff.h" "bindings/cpp/report/catalogue.h" "bindings/cpp/report/codeowners.h"
  "bindings/cpp/report/funnel.h" "bindings/cpp/report/histogram.h" "bindings/cpp/report/intersections.h"
  "bindings/cpp/explain/group.h"
  "bindings/cpp/prove/prove_project.h" "bindings/cpp/prove/proofs.h")
set(seen ${todo})
while(todo)
  list(POP_FRONT todo header)
  get_filename_component(folder "${header}" DIRECTORY)
  file(COPY "${SEGUE_SOURCE}/${header}" DESTINATION "${SEGUE_HEADERS}/${folder}")
  file(STRINGS "${SEGUE_SOURCE}/${header}" lines REGEX "^#include \"")
  foreach(line ${lines})
    string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" included "${line}")
    if(EXISTS "${SEGUE_SOURCE}/${included}" AND NOT included IN_LIST seen)
      list(APPEND seen "${included}")
      list(APPEND todo "${included}")
    endif()
  endforeach()
endwhile()
