# `cmake --install`: the command, our libraries with those of the Arrow wheel beside them, the headers of the C++ facade, the CMake
# package, the stdlib and what reviews call.
include(CMakePackageConfigHelpers)

get_property(segue_libraries GLOBAL PROPERTY SEGUE_LIBRARIES)
set_target_properties(segue_cpp PROPERTIES EXPORT_NAME segue)
install(TARGETS ${segue_libraries} segue_options EXPORT SegueTargets LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(TARGETS segue RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES ${ArrowWheel_RUNTIME_LIBRARIES} DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY stdlib/ DESTINATION "${CMAKE_INSTALL_DATADIR}/segue/stdlib" FILES_MATCHING PATTERN "*.seg")
# What reviews call: the GitHub Action, the GitLab template and their script.
install(DIRECTORY integrations DESTINATION "${CMAKE_INSTALL_DATADIR}/segue" PATTERN "__pycache__" EXCLUDE)

# The facade's headers and what they include.
install(CODE "
  set(SEGUE_SOURCE \"${PROJECT_SOURCE_DIR}\")
  set(SEGUE_HEADERS \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}/segue\")
  include(\"${PROJECT_SOURCE_DIR}/cmake/InstallHeaders.cmake\")")

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/Segue")
install(EXPORT SegueTargets NAMESPACE Segue:: DESTINATION "${package_folder}")
configure_package_config_file(cmake/SegueConfig.cmake.in "${PROJECT_BINARY_DIR}/SegueConfig.cmake" INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/SegueConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/SegueConfig.cmake" "${PROJECT_BINARY_DIR}/SegueConfigVersion.cmake" DESTINATION "${package_folder}")
