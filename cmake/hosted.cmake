# The hosted library, above the system's own thread library: libthrum.a and libthrum.so, of the same
# objects.

include("${CMAKE_CURRENT_LIST_DIR}/hosted/place.cmake")

add_library(thrum_hosted OBJECT
  src/os/hosted/clock.c
  src/os/hosted/fault.c
  src/os/hosted/frame.c
  src/os/hosted/memory.c
  src/os/hosted/process.c
  src/os/hosted/self.c
  src/os/hosted/thread.c
  src/thread/adopt.c
  src/tls/no_image.c

  ${THRUM_HOSTED_SYSTEM_SOURCES}
  ${thrum_wait_${THRUM_WAIT}}

  ${thrum_sources}
)
thrum_compile_hosted(thrum_hosted)
# And what of the hosted folder is not in this build, for tools/lint.
set(thrum_rest ${thrum_wait_table})
list(FILTER thrum_rest INCLUDE REGEX "src/os/hosted/")
add_library(thrum_hosted_rest OBJECT EXCLUDE_FROM_ALL ${thrum_rest})
thrum_compile_hosted(thrum_hosted_rest)

add_library(thrum_static STATIC $<TARGET_OBJECTS:thrum_hosted>
  src/thread/harden.c # in an archive alone: it changes a program by being linked
)
thrum_compile_hosted(thrum_static)
set_target_properties(thrum_static PROPERTIES OUTPUT_NAME thrum EXPORT_NAME thrum_static)

# A program that was linked with another minor version, whose structures may be others, does not start.
configure_file("${CMAKE_CURRENT_LIST_DIR}/thrum.map.in" "${PROJECT_BINARY_DIR}/thrum.map" @ONLY)

# nodelete: threads, keys and handlers outlive any dlclose. now, relro: no table of functions is written to once
# it runs. Its own functions call each other as they are, whatever a program calls one of its own.
add_library(thrum_shared SHARED $<TARGET_OBJECTS:thrum_hosted>)
set_target_properties(thrum_shared PROPERTIES OUTPUT_NAME thrum EXPORT_NAME thrum
  VERSION "${PROJECT_VERSION}" SOVERSION "${PROJECT_VERSION_MAJOR}")
if(THRUM_HOSTED_LEAVES_UNDEFINED)
  set(thrum_no_undefined "")
endif()
target_link_options(thrum_shared PRIVATE
  ${thrum_no_undefined} -Wl,-z,nodelete -Wl,-z,noexecstack -Wl,--gc-sections
  -Wl,-z,relro -Wl,-z,now -Wl,-Bsymbolic-functions
  "-Wl,--version-script=${PROJECT_BINARY_DIR}/thrum.map")
set_target_properties(thrum_shared PROPERTIES LINK_DEPENDS "${PROJECT_BINARY_DIR}/thrum.map")

foreach(target IN ITEMS thrum_static thrum_shared)
  add_library(thrum::${target} ALIAS ${target})
  target_include_directories(${target} INTERFACE
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_link_options(${target} INTERFACE -pthread)
endforeach()
