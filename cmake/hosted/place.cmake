# Which system the hosted library is built for, and how its sources are compiled there. A system's file
# beside this one sets:
#
# THRUM_HOSTED_SYSTEM_SOURCES        what fills in the last part of os/hosted/hosted.h, and what of os/os.h
#                                    POSIX has not
# thrum_wait_futex, thrum_wait_table what THRUM_WAIT adds to that
# THRUM_HOSTED_FEATURES              what makes the libc's headers show all they have
# and, where it is not as on most:
# THRUM_HOSTED_SELF_FILE_futex, _table    how a thread finds its block, with that THRUM_WAIT
# THRUM_HOSTED_THREAD_FILE_futex, _table  the system's part of a block
# THRUM_HOSTED_SYSTEM_DEFINITIONS    what the sources are told beside that
# THRUM_HOSTED_LEAVES_UNDEFINED      a shared library names no libc
set(THRUM_HOSTED_SELF_FILE_futex os/hosted/self.h)
set(THRUM_HOSTED_SELF_FILE_table os/hosted/self.h)
set(THRUM_HOSTED_THREAD_FILE_futex os/hosted/thread.h)
set(THRUM_HOSTED_THREAD_FILE_table os/hosted/thread.h)
set(THRUM_HOSTED_SYSTEM_DEFINITIONS "")
set(THRUM_HOSTED_LEAVES_UNDEFINED OFF)
include("${CMAKE_CURRENT_LIST_DIR}/${THRUM_SYSTEM}.cmake")

# What the sources and the tests that look inside are told about the place they are built for.
set(THRUM_HOSTED_PLACE_DEFINITIONS
  "THRUM_ARCH_FILE=\"arch/${THRUM_CPU_FILE}.h\""
  "THRUM_OS_THREAD_FILE=\"${THRUM_HOSTED_THREAD_FILE_${THRUM_WAIT}}\""
  "THRUM_SELF_FILE=\"${THRUM_HOSTED_SELF_FILE_${THRUM_WAIT}}\""
  ${THRUM_HOSTED_SYSTEM_DEFINITIONS}
)

# Those that want no more of the libc than POSIX; the others of src/os/hosted want all it has.
set(thrum_posix_sources "/src/os/hosted/(clock|fault|frame|join_polled|process|self|sleep|sleep_relative|thread)\\.c$|/adopt\\.c$")

# thrum_compile_hosted(TARGET): the library's own sources, above a libc.
function(thrum_compile_hosted target)
  target_include_directories(${target} PRIVATE
    "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src")
  target_compile_definitions(${target} PRIVATE
    THRUM_PRIVATE_BUILD=1 ${THRUM_HOSTED_PLACE_DEFINITIONS})
  if(NOT THRUM_SANITIZE) # a sanitizer's own compiler sees all
    target_compile_definitions(${target} PRIVATE THRUM_TELLS_RACES=1)
  endif()
  target_compile_options(${target} PRIVATE
    -pthread -fPIC -ftls-model=initial-exec -fvisibility=hidden -ffunction-sections -fdata-sections
    ${thrum_stack_protector} ${thrum_control_flow} ${THRUM_CPU_OPTIONS}
    ${THRUM_WARNINGS} -Wmissing-prototypes -Wpointer-arith -Wwrite-strings)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    if("/${source}" MATCHES "${thrum_posix_sources}")
      set_source_files_properties("${source}" PROPERTIES COMPILE_DEFINITIONS
        "_POSIX_C_SOURCE=200809L;_XOPEN_SOURCE=700")
    elseif(source MATCHES "src/os/hosted/")
      set_source_files_properties("${source}" PROPERTIES COMPILE_DEFINITIONS
        "${THRUM_HOSTED_FEATURES};THRUM_HOSTED_SEM_CLOCKWAIT=$<BOOL:${THRUM_HAS_SEM_CLOCKWAIT}>")
    endif()
  endforeach()
endfunction()
