# What the four BSDs share; a system's own file sets, and then includes this:
#
# THRUM_BSD_SOURCES          its own files of src/os
# THRUM_BSD_ENTRY_CPU        where that CPU's THRUM_ARCH_ENTRY finds the address of argc; none: the system
#                            does not run on it
# THRUM_BSD_FLAGS, THRUM_BSD_FLAGS_CPU
#                            that library and programs are compiled with, beside those below
include("${CMAKE_CURRENT_LIST_DIR}/elf.cmake")

set(THRUM_CPU_FILE "${THRUM_CPU}")
if(THRUM_CPU STREQUAL "amd64") # as some of the systems call them
  set(THRUM_CPU_FILE x86_64)
elseif(THRUM_CPU STREQUAL "arm64")
  set(THRUM_CPU_FILE aarch64)
endif()
if(NOT DEFINED THRUM_BSD_ENTRY_${THRUM_CPU_FILE})
  message(FATAL_ERROR "thrum does not know the CPU '${THRUM_CPU}' under ${CMAKE_SYSTEM_NAME}")
endif()
set(THRUM_CPU_FLAGS ${THRUM_BSD_FLAGS} ${THRUM_BSD_FLAGS_${THRUM_CPU_FILE}})
set(THRUM_CPU_BLOCK 0)
set(THRUM_CPU_PIE no)
set(THRUM_CPU_LIBGCC no)
if(THRUM_CPU_FILE STREQUAL "aarch64")
  set(THRUM_CPU_BLOCK -9216)
  list(APPEND THRUM_CPU_FLAGS -mno-outline-atomics) # which are functions of the compiler's library
endif()
# Built by tests/foreign, for this machine or for Linux on the other CPU, which an emulator runs.
set(THRUM_BSD_RUNNER "")
# Under the runner a call takes ten times as long; under an emulator tests find a scale themselves.
set(THRUM_TEST_SCALE --scale=5)
if(CMAKE_HOST_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_CROSSCOMPILING)
  if(CMAKE_HOST_SYSTEM_PROCESSOR STREQUAL THRUM_CPU_FILE)
    set(THRUM_BSD_RUNNER "${PROJECT_BINARY_DIR}/foreign")
  elseif(THRUM_CPU_FILE STREQUAL "aarch64")
    set(THRUM_BSD_RUNNER qemu-aarch64-static "${PROJECT_BINARY_DIR}/foreign")
    set(THRUM_TEST_SCALE "")
  endif()
endif()
set(THRUM_CPU_RUNNER none)
if(THRUM_BSD_RUNNER)
  set(THRUM_CPU_RUNNER ${THRUM_BSD_RUNNER} --quiet ${THRUM_SYSTEM})
  set(CMAKE_CROSSCOMPILING_EMULATOR ${THRUM_BSD_RUNNER} ${THRUM_SYSTEM})
endif()

set(THRUM_PLACE_DEFINITIONS
  "THRUM_ARCH_FILE=\"arch/${THRUM_CPU_FILE}.h\""
  THRUM_ARCH_CANARY_BY_NAME=1
  "THRUM_ARCH_ENTRY_STACK=\"${THRUM_BSD_ENTRY_${THRUM_CPU_FILE}}\""
  "THRUM_OS_THREAD_FILE=\"os/${THRUM_SYSTEM}/thread.h\""
  "THRUM_SELF_FILE=\"thread/self_register.h\""
  "THRUM_BSD_SYSTEM_FILE=\"os/${THRUM_SYSTEM}/${THRUM_SYSTEM}.h\""
  "THRUM_BSD_CPU_FILE=\"os/bsd/${THRUM_CPU_FILE}.h\""
  "THRUM_BSD_SYSTEM_CPU_FILE=\"os/${THRUM_SYSTEM}/${THRUM_CPU_FILE}.h\""
  "EXAMPLE_SYSTEM_FILE=\"${THRUM_SYSTEM}.h\""
  "TEST_BSD_SYSTEM_FILE=\"support/${THRUM_SYSTEM}/${THRUM_SYSTEM}.h\""
  "TEST_BSD_CPU_FILE=\"support/${THRUM_SYSTEM}/${THRUM_CPU_FILE}.h\""
)
# Folders of tests/os for parts of src/os that not all systems have; and of tests/support, and files of
# examples/support, that fill in what those ask of the system.
set(THRUM_TEST_PARTS bsd numbers)
set(THRUM_TEST_SYSTEMS bsd no_limits ${THRUM_SYSTEM})

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
set(THRUM_SYSTEM_SMALL_LINK_OPTIONS ${THRUM_ELF_SMALL_LINK_OPTIONS})
