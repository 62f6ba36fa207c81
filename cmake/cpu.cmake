# Which system and CPU the library is built for, and all that a build has to know about them.
#
# THRUM_SYSTEM is one of the folders of src/os; a toolchain file says it by CMAKE_SYSTEM_NAME. THRUM_CPU
# names the CPU as the system's file in cmake/systems knows it (Linux: a line of cmake/linux-cpus). A
# preset sets it; without one it is the processor this machine has.

if(NOT THRUM_CPU)
  string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" THRUM_CPU)
  string(REGEX REPLACE "^amd64$" "x86_64" THRUM_CPU "${THRUM_CPU}")
  string(REGEX REPLACE "^i[3456]86$" "i386" THRUM_CPU "${THRUM_CPU}")
  string(REGEX REPLACE "^ppc" "powerpc" THRUM_CPU "${THRUM_CPU}")
endif()
set(THRUM_CPU "${THRUM_CPU}" CACHE STRING "The CPU; under Linux a name in cmake/linux-cpus")

string(TOLOWER "${CMAKE_SYSTEM_NAME}" THRUM_SYSTEM)
if(NOT EXISTS "${CMAKE_CURRENT_LIST_DIR}/systems/${THRUM_SYSTEM}.cmake")
  message(FATAL_ERROR "thrum does not know the system '${CMAKE_SYSTEM_NAME}': it is not in cmake/systems")
endif()

# A system's file sets, for this CPU:
#
# THRUM_CPU_FILE             of src/arch, without .h
# THRUM_CPU_FLAGS            that library and programs are compiled and linked with
# THRUM_CPU_BLOCK            from __builtin_thread_pointer() to the control block, "-": no inline paths
# THRUM_CPU_PIE              "yes": static-PIEs too
# THRUM_CPU_LIBGCC           "yes": programs are linked with the compiler's library
# THRUM_CPU_RUNNER           of the tests: "native", an emulator's or another runner's command, "none"
# THRUM_PLACE_DEFINITIONS    what the sources and the tests that look inside are told about the place
# THRUM_SYSTEM_SOURCES       of the freestanding library: src/os/… and what starts a program
# THRUM_SYSTEM_NO_STACK_PROTECTOR, _NO_LTO, _NO_JUMP_TABLES, _NO_BUILTIN, _SMALL, _FAST
#                            patterns of those that want something else (cmake/compile.cmake)
# THRUM_SYSTEM_LINK_OPTIONS  of every program
# THRUM_SYSTEM_SMALL_LINK_OPTIONS
#                            in place of those, of a program that is to be as small as can be
# and if it wants more:
# THRUM_SYSTEM_TEST_LINK_OPTIONS
#                            of the tests beside those
# THRUM_SYSTEM_TESTS_LEFT_OUT
#                            pattern of the files of tests/image that its compiler cannot have
#
# and, where it is not as on most:
#
# THRUM_SYSTEM_COMPILE_OPTIONS  of library and programs, in place of what ELF programs want
# THRUM_SYSTEM_LINK_LIBRARIES   that every program is linked with, after the archive
# THRUM_SYSTEM_UNWINDS          true: exceptions of the system pass through the library's functions
# THRUM_TEST_SYSTEMS            folders of tests/support, and files of examples/support, that fill in what
#                               those ask of the system, if they are not called as it is
# THRUM_TEST_PARTS              folders of tests/os, for parts of src/os that not all systems have
# THRUM_HOSTED_FILE             of cmake/: the library above a libc, if it is not above POSIX
include("${CMAKE_CURRENT_LIST_DIR}/systems/${THRUM_SYSTEM}.cmake")

if(NOT DEFINED THRUM_TEST_SYSTEMS)
  set(THRUM_TEST_SYSTEMS ${THRUM_SYSTEM})
endif()
if(NOT DEFINED THRUM_HOSTED_FILE)
  set(THRUM_HOSTED_FILE hosted.cmake)
endif()
set(THRUM_CPU_OPTIONS ${THRUM_CPU_FLAGS})
# For the public headers' inline paths.
set(THRUM_CPU_DEFINITIONS "")
if(NOT THRUM_CPU_BLOCK STREQUAL "-")
  set(THRUM_CPU_DEFINITIONS THRUM_PRIVATE_BLOCK_AT=${THRUM_CPU_BLOCK})
endif()
