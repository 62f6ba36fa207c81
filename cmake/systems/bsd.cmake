# What the four BSDs share; a system's own file sets, and then includes this:
#
# THRUM_BSD_SOURCES          its own files of src/os
# THRUM_BSD_ENTRY            where the kernel leaves the address of argc
# THRUM_BSD_FLAGS            that library and programs are compiled with, beside those below
include("${CMAKE_CURRENT_LIST_DIR}/elf.cmake")

if(NOT THRUM_CPU MATCHES "^(x86_64|amd64)$")
  message(FATAL_ERROR "thrum does not know the CPU '${THRUM_CPU}' under ${CMAKE_SYSTEM_NAME}")
endif()
set(THRUM_CPU_FILE x86_64)
set(THRUM_CPU_FLAGS ${THRUM_BSD_FLAGS})
set(THRUM_CPU_BLOCK 0)
set(THRUM_CPU_PIE no)
set(THRUM_CPU_LIBGCC no)
# Built by tests/foreign, for this machine.
set(THRUM_CPU_RUNNER none)
if(CMAKE_HOST_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_HOST_SYSTEM_PROCESSOR STREQUAL "x86_64" AND CMAKE_CROSSCOMPILING)
  set(THRUM_CPU_RUNNER "${PROJECT_BINARY_DIR}/foreign" --quiet ${THRUM_SYSTEM})
  set(CMAKE_CROSSCOMPILING_EMULATOR "${PROJECT_BINARY_DIR}/foreign" ${THRUM_SYSTEM})
endif()

set(THRUM_PLACE_DEFINITIONS
  "THRUM_ARCH_FILE=\"arch/x86_64.h\""
  THRUM_ARCH_CANARY_BY_NAME=1
  "THRUM_ARCH_ENTRY_STACK=\"${THRUM_BSD_ENTRY}\""
  "THRUM_OS_THREAD_FILE=\"os/${THRUM_SYSTEM}/thread.h\""
  "THRUM_SELF_FILE=\"thread/self_register.h\""
  "THRUM_BSD_SYSTEM_FILE=\"os/${THRUM_SYSTEM}/${THRUM_SYSTEM}.h\""
  "THRUM_BSD_CPU_FILE=\"os/bsd/x86_64.h\""
  "EXAMPLE_SYSTEM_FILE=\"${THRUM_SYSTEM}.h\""
  "TEST_BSD_SYSTEM_FILE=\"support/${THRUM_SYSTEM}/${THRUM_SYSTEM}.h\""
)
# Folders of tests/os for parts of src/os that not all systems have; and of tests/support, and files of
# examples/support, that fill in what those ask of the system.
set(THRUM_TEST_PARTS bsd numbers)
set(THRUM_TEST_SYSTEMS bsd no_limits ${THRUM_SYSTEM})

# Under the runner a call takes ten times as long.
set(THRUM_TEST_SCALE --scale=5)

set(THRUM_SYSTEM_SOURCES
  src/os/bsd/calls.c
  src/os/bsd/clock.c
  src/os/bsd/fault.c
  src/os/bsd/identity.c
  src/os/bsd/memory.c
  src/os/bsd/process.c
  src/os/numbers.c
  ${THRUM_BSD_SOURCES}
  ${THRUM_ELF_SOURCES}
)
set(THRUM_SYSTEM_NO_STACK_PROTECTOR ${THRUM_ELF_NO_STACK_PROTECTOR}
    "^src/os/bsd/(clock|memory|process).c" "^src/os/${THRUM_SYSTEM}/(system|thread).c")
set(THRUM_SYSTEM_NO_LTO ${THRUM_ELF_NO_LTO} "^src/os/bsd/calls.c" "^src/os/${THRUM_SYSTEM}/(system|thread).c")
set(THRUM_SYSTEM_NO_JUMP_TABLES ${THRUM_ELF_NO_JUMP_TABLES})
set(THRUM_SYSTEM_NO_BUILTIN ${THRUM_ELF_NO_BUILTIN})
set(THRUM_SYSTEM_SMALL ${THRUM_ELF_SMALL} "^src/os/(bsd|${THRUM_SYSTEM})/")
set(THRUM_SYSTEM_FAST ${THRUM_ELF_FAST} "^src/os/bsd/clock.c")
set(THRUM_SYSTEM_LINK_OPTIONS ${THRUM_ELF_LINK_OPTIONS})
