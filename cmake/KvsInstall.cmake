# What is installed and where, but for the element (plugin/), kvs-local (emulator/) and the library for log4cplus (producer/log/).
# Components: runtime (the shared library), dev (headers, CMake package, pkg-config file).
#
# Everything is found relative to where it lies, so that an installed tree may be moved.
include(CMakePackageConfigHelpers)

set(kvs_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/kvsproducer")

install(TARGETS kvs_pic kvs_producer EXPORT kvsproducer_targets
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runtime
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime NAMELINK_COMPONENT dev
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT dev
  FILE_SET public_headers DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT dev)
install(EXPORT kvsproducer_targets NAMESPACE kvs:: FILE kvsproducerTargets.cmake
  DESTINATION "${kvs_package_dir}" COMPONENT dev)

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/kvsproducerConfig.cmake.in" "${PROJECT_BINARY_DIR}/kvsproducerConfig.cmake"
  INSTALL_DESTINATION "${kvs_package_dir}" NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/kvsproducerConfigVersion.cmake"
  VERSION "${PROJECT_VERSION}" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/kvsproducerConfig.cmake" "${PROJECT_BINARY_DIR}/kvsproducerConfigVersion.cmake"
  DESTINATION "${kvs_package_dir}" COMPONENT dev)

# pkg-config: paths relative to the .pc file. What a shared library needs it brings along.
file(RELATIVE_PATH kvs_pc_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" kvs_pc_prefix "${kvs_pc_prefix}")
if(BUILD_SHARED_LIBS)
  set(kvs_pc_requires "Requires.private")
else()
  set(kvs_pc_requires "Requires")
endif()
set(kvs_pc_log4cplus "")
if(KVS_WITH_LOG4CPLUS AND NOT BUILD_SHARED_LIBS)  # a shared library loads a library that needs it, when it needs it
  set(kvs_pc_log4cplus ", log4cplus >= 2")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/kvsproducer.pc.in" "${PROJECT_BINARY_DIR}/kvsproducer.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/kvsproducer.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT dev)
