# How all of Segue is compiled, and the functions that make one target of each folder.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release or Sanitize" FORCE)
endif()

# Assertions state our own mistakes, and stay on in every build.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
# Built and run once on the way: compile time counts.
set(CMAKE_CXX_FLAGS_SANITIZE "-O0 -g1 -fno-omit-frame-pointer")

option(SEGUE_SANITIZE "compile with the address and undefined-behaviour sanitizers" OFF)
option(SEGUE_FUZZ "build the libFuzzer targets (needs clang)" OFF)

include(GNUInstallDirs)
# One folder holds all our libraries, in the build tree as after installation: they find one another by `$ORIGIN`.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_BUILD_RPATH "$ORIGIN")
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

# Options of every target of ours, tests included.
add_library(segue_options INTERFACE)
target_include_directories(segue_options INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>" "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>"
  "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/segue>")
target_compile_features(segue_options INTERFACE cxx_std_23)
target_compile_options(segue_options INTERFACE "$<BUILD_INTERFACE:-Wall;-Wextra;-Werror;-ffp-contract=off;-fno-semantic-interposition>")
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # libstdc++ 12's own std::stable_sort uses what it calls deprecated; what is opened at run time has C names and C++ types;
  # initialisers are g++'s to judge
  target_compile_options(segue_options INTERFACE "$<BUILD_INTERFACE:-Wno-deprecated-declarations;-Wno-return-type-c-linkage>"
    "$<BUILD_INTERFACE:-Wno-missing-field-initializers;-Wno-missing-designated-field-initializers>")
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(segue_options INTERFACE "$<BUILD_INTERFACE:-march=x86-64-v2>")
endif()
if(SEGUE_SANITIZE)
  # vptr and function look into types of LLVM and into code that LLVM makes: neither carries what they look for
  set(sanitizers -fsanitize=address,undefined -fno-sanitize=vptr,function)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ has no `function`, and sees values that may be uninitialised in what the sanitizers themselves put in
    set(sanitizers -fsanitize=address,undefined -fno-sanitize=vptr -Wno-maybe-uninitialized)
  endif()
  target_compile_options(segue_options INTERFACE ${sanitizers} -fno-sanitize-recover=all)
  target_link_options(segue_options INTERFACE ${sanitizers})
endif()
if(SEGUE_FUZZ)
  target_compile_options(segue_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Tests are compiled once and run for seconds: compile time counts more than speed.
set(SEGUE_TEST_OPTIONS -O0)

find_program(SEGUE_MOLD mold)
find_program(SEGUE_CCACHE ccache)
mark_as_advanced(SEGUE_MOLD SEGUE_CCACHE)
if(SEGUE_MOLD)
  target_link_options(segue_options INTERFACE "$<BUILD_INTERFACE:-fuse-ld=mold>")
endif()
if(SEGUE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${SEGUE_CCACHE}")
endif()
# What a library uses it must name on its link line: the architecture is checked by the linker.
target_link_options(segue_options INTERFACE "$<BUILD_INTERFACE:-Wl,--no-undefined;-Wl,--as-needed>")
if(SEGUE_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # clang leaves the sanitizer's own symbols of a shared library to the executable
  target_link_options(segue_options INTERFACE "$<BUILD_INTERFACE:-Wl,--allow-shlib-undefined;-Wl,-z,undefs>")
endif()

# segue_library(NAME segue_x SOURCES a.cpp … LINKS segue_y … PRIVATE_LINKS third_party … LOADS segue_z …)
# One shared library for a folder. LINKS are seen by the folder's users, PRIVATE_LINKS by its own sources only; LOADS are opened at run
# time on first use, with dlopen("lib<name>.so"), so that a start without work does not pay for LLVM and Arrow. A library
# without sources is headers only.
function(segue_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LINKS;PRIVATE_LINKS;LOADS" ${ARGN})
  if(NOT ARG_NAME OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "segue_library: needs NAME, and knows SOURCES, LINKS, PRIVATE_LINKS, LOADS; got ${ARGN}")
  endif()
  if(NOT ARG_SOURCES)
    add_library(${ARG_NAME} INTERFACE)
    target_link_libraries(${ARG_NAME} INTERFACE segue_options ${ARG_LINKS})
  else()
    add_library(${ARG_NAME} SHARED ${ARG_SOURCES})
    target_link_libraries(${ARG_NAME} PUBLIC segue_options ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
    if(ARG_LOADS)
      add_dependencies(${ARG_NAME} ${ARG_LOADS})
    endif()
  endif()
  set_property(GLOBAL APPEND PROPERTY SEGUE_LIBRARIES ${ARG_NAME})
  # For tools/lint/includes.py: the link lines, as data. What is loaded is included as what is linked.
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  list(JOIN ARG_LINKS "\", \"" links)
  list(JOIN ARG_PRIVATE_LINKS "\", \"" private_links)
  list(JOIN ARG_LOADS "\", \"" loads)
  file(APPEND "${PROJECT_BINARY_DIR}/links.json"
    "{\"name\": \"${ARG_NAME}\", \"folder\": \"${folder}\", \"links\": [\"${links}\", \"${private_links}\", \"${loads}\"]}\n")
endfunction()
file(WRITE "${PROJECT_BINARY_DIR}/links.json" "")

# segue_unit_test(folder SOURCES a_test.cpp … LINKS segue_folder …)
# One executable `unit_<folder>`, known to ctest under the same name.
function(segue_unit_test folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(unit_${folder} ${ARG_SOURCES})
  target_compile_options(unit_${folder} PRIVATE ${SEGUE_TEST_OPTIONS})
  target_compile_definitions(unit_${folder} PRIVATE "SEGUE_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
  target_link_libraries(unit_${folder} PRIVATE segue_options segue_catch_main ${ARG_LINKS})
  set_target_properties(unit_${folder} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  add_test(NAME unit_${folder} COMMAND unit_${folder})
  set_tests_properties(unit_${folder} PROPERTIES TIMEOUT 1500 LABELS unit)
endfunction()
