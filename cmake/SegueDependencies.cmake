# Every third-party library, found once, under the name that link lines use:
#   fmt::fmt  yaml-cpp::yaml-cpp  re2::re2  CLI11::CLI11  date::date-tz  utf8proc::utf8proc  nettle::nettle  git2::git2  nlohmann_json::nlohmann_json
#   segue_llvm  segue_antlr (and the function segue_antlr_grammar)  Catch2::Catch2  Arrow::arrow …
# `./dev` installs them all.

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)
find_package(yaml-cpp REQUIRED)
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

# segue_plain_library(target header library): an imported target for a library that comes without a CMake package.
function(segue_plain_library target header library)
  string(MAKE_C_IDENTIFIER "SEGUE_${target}" variable)
  find_path(${variable}_INCLUDE ${header} REQUIRED)
  find_library(${variable}_LIBRARY ${library} REQUIRED)
  mark_as_advanced(${variable}_INCLUDE ${variable}_LIBRARY)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${${variable}_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${${variable}_INCLUDE}")
endfunction()
segue_plain_library(re2::re2 re2/re2.h re2)
segue_plain_library(utf8proc::utf8proc utf8proc.h utf8proc)
segue_plain_library(nettle::nettle nettle/sha2.h nettle)
segue_plain_library(z3::z3 z3++.h z3)
segue_plain_library(git2::git2 git2.h git2)

# LLVM, as the one shared library of the distribution.
find_package(LLVM 19.1 REQUIRED CONFIG HINTS /usr/lib/llvm-19)
add_library(segue_llvm INTERFACE)
target_include_directories(segue_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_link_libraries(segue_llvm INTERFACE LLVM)

# ANTLR: the runtime, and the tool that generates the parser in the build.
find_path(SEGUE_ANTLR_INCLUDE antlr4-runtime.h PATH_SUFFIXES antlr4-runtime REQUIRED)
find_library(SEGUE_ANTLR_LIBRARY antlr4-runtime REQUIRED)
find_program(SEGUE_ANTLR_TOOL antlr4 REQUIRED)
mark_as_advanced(SEGUE_ANTLR_INCLUDE SEGUE_ANTLR_LIBRARY SEGUE_ANTLR_TOOL)
add_library(segue_antlr INTERFACE)
target_include_directories(segue_antlr SYSTEM INTERFACE "${SEGUE_ANTLR_INCLUDE}")
target_link_libraries(segue_antlr INTERFACE "${SEGUE_ANTLR_LIBRARY}" Threads::Threads)
# The distribution's runtime holds the name of its strings without char8_t.
target_compile_options(segue_antlr INTERFACE -fno-char8_t)

# What has to be generated before clang-tidy can read our sources.
add_custom_target(generated_sources)

# segue_antlr_grammar(variable grammar.g4): generates lexer and parser in namespace `segue::antlr`, and sets `variable` to the
# sources; headers are included as "antlr/SegueParser.h".
function(segue_antlr_grammar variable grammar)
  get_filename_component(name "${grammar}" NAME_WE)
  set(out "${PROJECT_BINARY_DIR}/generated/antlr")
  set(sources "${out}/${name}Lexer.cpp" "${out}/${name}Parser.cpp")
  add_custom_command(OUTPUT ${sources} "${out}/${name}Lexer.h" "${out}/${name}Parser.h"
    COMMAND "${SEGUE_ANTLR_TOOL}" -Dlanguage=Cpp -no-listener -no-visitor -package segue::antlr -Xexact-output-dir -o "${out}" "${grammar}"
    DEPENDS "${grammar}" VERBATIM COMMENT "Generating the parser of ${name}")
  add_custom_target(generated_${name} DEPENDS ${sources})
  add_dependencies(generated_sources generated_${name})
  # Generated code is not ours to warn about.
  set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS "-w;-fno-char8_t" SKIP_LINTING ON)
  set(${variable} ${sources} PARENT_SCOPE)
endfunction()

find_package(ArrowWheel REQUIRED)

if(BUILD_TESTING)
  find_package(Catch2 2.13 REQUIRED)
endif()
