# What `cmake --install` gives: headers, the Fortran modules, the two libraries with their pkg-config and CMake files, lathd, lath, the man pages, the jobs of Slurm and the modulefiles.
include(CMakePackageConfigHelpers)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/lath DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "lath*.h" PATTERN "lath.hpp" PATTERN "lath*.f90" PATTERN "lattice" EXCLUDE)
install(TARGETS lath EXPORT lathTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS lath_mpi EXPORT lathMpiTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS lathd lath_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

set(lath_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/lath)
install(EXPORT lathTargets NAMESPACE lath:: DESTINATION ${lath_cmake_dir})
install(EXPORT lathMpiTargets NAMESPACE lath:: DESTINATION ${lath_cmake_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/lathConfig.cmake.in ${PROJECT_BINARY_DIR}/lathConfig.cmake
  INSTALL_DESTINATION ${lath_cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lathConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lathConfig.cmake ${PROJECT_BINARY_DIR}/lathConfigVersion.cmake DESTINATION ${lath_cmake_dir})

# The .pc files find the prefix from where they lie, so that a staged or moved tree works.
file(RELATIVE_PATH LATH_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
foreach(package lath lath_mpi)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/${package}.pc.in ${PROJECT_BINARY_DIR}/${package}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

foreach(page lath.1 lathd.1 lath.3 lath.7)
  string(REGEX REPLACE ".*\\." "" section ${page})
  install(FILES ${PROJECT_SOURCE_DIR}/docs/man/${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()

install(PROGRAMS ${PROJECT_SOURCE_DIR}/launch/slurm/service.sbatch ${PROJECT_SOURCE_DIR}/launch/slurm/beside.sbatch
  ${PROJECT_SOURCE_DIR}/launch/slurm/embedded.sbatch DESTINATION ${CMAKE_INSTALL_DATADIR}/lath/slurm)

# The modulefiles name the prefix, which `cmake --install --prefix` may change; they are copied to where a site has its own.
install(CODE "
  set(LATH_VERSION [[${PROJECT_VERSION}]])
  set(LATH_LIBDIR [[${CMAKE_INSTALL_LIBDIR}]])
  set(LATH_PREFIX \"\${CMAKE_INSTALL_PREFIX}\")
  set(modulefile \"\${LATH_PREFIX}/${CMAKE_INSTALL_DATADIR}/lath/modulefiles/lath/${PROJECT_VERSION}\")
  message(STATUS \"Installing: \$ENV{DESTDIR}\${modulefile}{,.lua}\")
  configure_file([[${PROJECT_SOURCE_DIR}/launch/modulefiles/lath.lua]] \"\$ENV{DESTDIR}\${modulefile}.lua\" @ONLY)
  configure_file([[${PROJECT_SOURCE_DIR}/launch/modulefiles/lath.tcl]] \"\$ENV{DESTDIR}\${modulefile}\" @ONLY)
  list(APPEND CMAKE_INSTALL_MANIFEST_FILES \"\${modulefile}\" \"\${modulefile}.lua\")
")
