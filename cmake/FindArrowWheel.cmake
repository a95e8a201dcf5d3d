# Apache Arrow C++ out of the pinned `pyarrow` wheel, which carries headers and shared libraries.
#
# Gives Arrow::arrow, Arrow::compute, Arrow::acero, Arrow::dataset, Arrow::parquet, and ArrowWheel_RUNTIME_LIBRARIES: what has to
# stand beside our own libraries after installation. `./dev` puts the wheel in .deps/python; -DArrowWheel_ROOT=… names
# another `pyarrow` folder.

file(GLOB arrow_wheel_candidates "${PROJECT_SOURCE_DIR}/.deps/python/lib/python3*/site-packages/pyarrow")
find_path(ArrowWheel_INCLUDE_DIR arrow/api.h PATHS ${ArrowWheel_ROOT} ${arrow_wheel_candidates} PATH_SUFFIXES include NO_DEFAULT_PATH)
mark_as_advanced(ArrowWheel_INCLUDE_DIR)

if(ArrowWheel_INCLUDE_DIR)
  get_filename_component(arrow_wheel_folder "${ArrowWheel_INCLUDE_DIR}" DIRECTORY)
  file(READ "${ArrowWheel_INCLUDE_DIR}/arrow/util/config.h" arrow_wheel_config)
  string(REGEX MATCH "ARROW_VERSION_STRING \"([0-9.]+)\"" _ "${arrow_wheel_config}")
  set(ArrowWheel_VERSION "${CMAKE_MATCH_1}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ArrowWheel REQUIRED_VARS ArrowWheel_INCLUDE_DIR VERSION_VAR ArrowWheel_VERSION
  REASON_FAILURE_MESSAGE "run `./dev test`, which installs the pyarrow wheel into .deps/python")

# The wheel's files carry their version in the name, libarrow.so.2600, and no plain name.
function(arrow_wheel_library component name)
  file(GLOB files "${arrow_wheel_folder}/lib${name}.so.*")
  list(LENGTH files count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "the pyarrow wheel in ${arrow_wheel_folder} has ${count} files lib${name}.so.*, not one; remove .deps and run `./dev test`")
  endif()
  add_library(Arrow::${component} SHARED IMPORTED GLOBAL)
  set_target_properties(Arrow::${component} PROPERTIES IMPORTED_LOCATION "${files}" INTERFACE_INCLUDE_DIRECTORIES "${ArrowWheel_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${ARGN}")
  set(ArrowWheel_RUNTIME_LIBRARIES ${ArrowWheel_RUNTIME_LIBRARIES} "${files}" PARENT_SCOPE)
endfunction()

if(ArrowWheel_FOUND AND NOT TARGET Arrow::arrow)
  arrow_wheel_library(arrow arrow)
  arrow_wheel_library(compute arrow_compute Arrow::arrow)
  arrow_wheel_library(acero arrow_acero Arrow::compute)
  arrow_wheel_library(parquet parquet Arrow::arrow)
  arrow_wheel_library(dataset arrow_dataset Arrow::acero Arrow::parquet)
endif()
