# What `cmake --install` puts where, and the package files for pkg-config and CMake.
include(CMakePackageConfigHelpers)

install(DIRECTORY include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")
set(targets "")
if(THRUM_FREESTANDING_BUILD)
  list(APPEND targets thrum_archive ${thrum_program_targets})
endif()
if(THRUM_HOSTED)
  list(APPEND targets thrum_static thrum_shared)
endif()
install(TARGETS ${targets} EXPORT thrumTargets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")

# CMake: find_package(thrum)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/thrum")
install(EXPORT thrumTargets NAMESPACE thrum:: DESTINATION "${package_folder}")
configure_package_config_file(cmake/thrumConfig.cmake.in "${PROJECT_BINARY_DIR}/thrumConfig.cmake"
  INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/thrumConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/thrumConfig.cmake"
              "${PROJECT_BINARY_DIR}/thrumConfigVersion.cmake"
  DESTINATION "${package_folder}")

# pkg-config: the prefix is found from where the file lies, so that the installed tree can be moved.
# Where the folders are given as whole paths, they are taken as they are.
set(pc_folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
cmake_path(IS_ABSOLUTE CMAKE_INSTALL_LIBDIR absolute)
if(absolute)
  set(pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
  file(RELATIVE_PATH pc_prefix "/${pc_folder}" "/")
  string(REGEX REPLACE "/$" "" pc_prefix "\${pcfiledir}/${pc_prefix}")
endif()
cmake_path(APPEND pc_libdir "\${prefix}" "${CMAKE_INSTALL_LIBDIR}")
cmake_path(APPEND pc_includedir "\${prefix}" "${CMAKE_INSTALL_INCLUDEDIR}")

function(thrum_install_pc name description compile_options libraries)
  list(JOIN compile_options " " pc_compile_options)
  list(JOIN libraries " " pc_libraries)
  set(pc_name "${name}")
  set(pc_description "${description}")
  configure_file(cmake/thrum.pc.in "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${pc_folder}")
endfunction()

# One for programs without a libc: what they define, and how they are compiled and linked.
function(thrum_install_freestanding_pc name description compile_options link_options)
  list(TRANSFORM THRUM_CPU_DEFINITIONS PREPEND "-D" OUTPUT_VARIABLE definitions)
  thrum_install_pc("${name}" "${description}"
    "-DTHRUM_FREESTANDING=1;${definitions};${compile_options}"
    "${link_options};-L\${libdir};-lthrum-freestanding;${THRUM_LINK_LIBRARIES}")
endfunction()

set(pc_private "")
if(THRUM_FREESTANDING_BUILD)
  thrum_install_freestanding_pc(thrum-freestanding "${PROJECT_DESCRIPTION}: static programs"
    "${THRUM_STATIC_COMPILE_OPTIONS}" "${THRUM_STATIC_LINK_OPTIONS}")
  if(DEFINED THRUM_SYSTEM_SMALL_LINK_OPTIONS)
    thrum_install_freestanding_pc(thrum-freestanding-small "${PROJECT_DESCRIPTION}: small static programs"
      "${THRUM_SMALL_COMPILE_OPTIONS}" "${THRUM_SMALL_LINK_OPTIONS}")
  endif()
  if(THRUM_CPU_PIE STREQUAL "yes")
    thrum_install_freestanding_pc(thrum-freestanding-pie "${PROJECT_DESCRIPTION}: static-PIE programs"
      "${THRUM_PIE_COMPILE_OPTIONS}" "${THRUM_PIE_LINK_OPTIONS}")
  endif()
endif()
if(THRUM_HOSTED)
  set(pc_private "-pthread")
  if(THRUM_SYSTEM STREQUAL "windows")
    list(JOIN THRUM_SYSTEM_LINK_LIBRARIES " " pc_private)
  endif()
  thrum_install_pc(thrum "Kernel threads, thread-local storage and synchronisation"
                   "" "-L\${libdir};-lthrum")
endif()

# For gdb: by hand, and where gdb looks for what belongs to a shared library, which is by the
# library's whole name, known when it is installed.
install(FILES gdb/thrum.py DESTINATION "${CMAKE_INSTALL_DATADIR}/thrum")
if(THRUM_HOSTED AND THRUM_SYSTEM STREQUAL "linux")
  set(gdb_folder "${CMAKE_INSTALL_DATADIR}/gdb/auto-load")
  set(libdir "${CMAKE_INSTALL_LIBDIR}")
  if(NOT absolute)
    set(libdir "\${CMAKE_INSTALL_PREFIX}/${libdir}")
  endif()
  install(CODE "file(INSTALL DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${gdb_folder}/${libdir}\"
    TYPE FILE RENAME \"libthrum.so.${PROJECT_VERSION}-gdb.py\"
    FILES \"${PROJECT_SOURCE_DIR}/gdb/thrum.py\")")
endif()

if(THRUM_MAN)
  include(cmake/man.cmake)
endif()
