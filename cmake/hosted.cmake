# The hosted library, above the system's own thread library: libthrum.a and libthrum.so, of the same
# objects.

set(thrum_wait_futex src/os/linux/pages.c src/os/linux/wait.c)
set(thrum_wait_table src/os/hosted/pages.c src/os/hosted/wait_table.c)

add_library(thrum_hosted OBJECT
  src/os/hosted/clock.c
  src/os/hosted/fault.c
  src/tls/no_image.c
  src/os/hosted/linux.c
  src/os/hosted/memory.c
  src/os/hosted/process.c
  src/os/hosted/self.c
  src/os/hosted/thread.c
  ${thrum_wait_${THRUM_WAIT}}

  src/os/linux/affinity.c
  src/os/linux/cgroup.c
  src/os/linux/cpus.c
  src/os/linux/name.c

  src/thread/adopt.c

  ${thrum_sources}
)

# What the sources and the tests that look inside are told about the place they are built for.
set(THRUM_HOSTED_PLACE_DEFINITIONS
  "THRUM_ARCH_FILE=\"arch/${THRUM_CPU_FILE}.h\""
  "THRUM_OS_THREAD_FILE=\"os/hosted/thread.h\""
  "THRUM_SELF_FILE=\"os/hosted/self.h\""
  "THRUM_LINUX_CPU_FILE=\"os/linux/${THRUM_CPU_FILE}.h\""
)
# And what of the hosted folder is not in this build, for tools/lint.
add_library(thrum_hosted_rest OBJECT EXCLUDE_FROM_ALL ${thrum_wait_table})
foreach(target IN ITEMS thrum_hosted thrum_hosted_rest)
  target_include_directories(${target} PRIVATE
    "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src")
  target_compile_definitions(${target} PRIVATE
    THRUM_PRIVATE_BUILD=1 ${THRUM_HOSTED_PLACE_DEFINITIONS})
  target_compile_options(${target} PRIVATE
    -pthread -fPIC -ftls-model=initial-exec -fvisibility=hidden -ffunction-sections -fdata-sections
    ${thrum_stack_protector} ${THRUM_CPU_OPTIONS}
    ${THRUM_WARNINGS} -Wmissing-prototypes -Wpointer-arith -Wwrite-strings)
endforeach()
set_source_files_properties(src/os/hosted/linux.c src/os/hosted/memory.c src/os/hosted/pages.c src/os/hosted/wait_table.c
  PROPERTIES COMPILE_DEFINITIONS "_GNU_SOURCE;THRUM_HOSTED_SEM_CLOCKWAIT=$<BOOL:${THRUM_HAS_SEM_CLOCKWAIT}>")
set_source_files_properties(src/os/hosted/clock.c src/os/hosted/fault.c src/os/hosted/process.c
  src/os/hosted/self.c src/os/hosted/thread.c src/thread/adopt.c
  PROPERTIES COMPILE_DEFINITIONS "_POSIX_C_SOURCE=200809L;_XOPEN_SOURCE=700")

add_library(thrum_static STATIC $<TARGET_OBJECTS:thrum_hosted>)
set_target_properties(thrum_static PROPERTIES OUTPUT_NAME thrum EXPORT_NAME thrum_static)

# nodelete: threads, keys and handlers outlive any dlclose.
add_library(thrum_shared SHARED $<TARGET_OBJECTS:thrum_hosted>)
set_target_properties(thrum_shared PROPERTIES OUTPUT_NAME thrum EXPORT_NAME thrum
  VERSION "${PROJECT_VERSION}" SOVERSION "${PROJECT_VERSION_MAJOR}")
target_link_options(thrum_shared PRIVATE
  ${thrum_no_undefined} -Wl,-z,nodelete -Wl,-z,noexecstack -Wl,--gc-sections)

foreach(target IN ITEMS thrum_static thrum_shared)
  add_library(thrum::${target} ALIAS ${target})
  target_include_directories(${target} INTERFACE
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_link_options(${target} INTERFACE -pthread)
endforeach()
