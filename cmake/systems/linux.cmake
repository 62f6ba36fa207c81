# Linux, on the CPUs of cmake/linux-cpus.
include("${CMAKE_CURRENT_LIST_DIR}/../linux-cpus.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/elf.cmake")

thrum_linux_cpu("${THRUM_CPU}" THRUM_CPU)
if(NOT THRUM_CPU_FILE)
  message(FATAL_ERROR "thrum does not know the CPU '${THRUM_CPU}': it is not in cmake/linux-cpus")
endif()

set(THRUM_PLACE_DEFINITIONS
  "THRUM_ARCH_FILE=\"arch/${THRUM_CPU_FILE}.h\""
  "THRUM_OS_THREAD_FILE=\"os/linux/thread.h\""
  "THRUM_SELF_FILE=\"thread/self_register.h\""
  "THRUM_LINUX_CPU_FILE=\"os/linux/${THRUM_CPU_FILE}.h\""
)

set(THRUM_SYSTEM_SOURCES
  src/os/linux/affinity.c
  src/os/linux/cgroup.c
  src/os/linux/clock.c
  src/os/linux/cpus.c
  src/os/linux/fault.c
  src/os/linux/gone.c
  src/os/linux/memory.c
  src/os/linux/name.c
  src/os/linux/pages.c
  src/os/linux/process.c
  src/os/linux/sleep.c
  src/os/linux/thread.c
  src/os/linux/vdso.c
  src/os/linux/wait.c
  ${THRUM_ELF_SOURCES}
)
if(THRUM_CPU_FILE STREQUAL "x86_64")
  list(APPEND THRUM_SYSTEM_SOURCES src/os/linux/shadow_stack.c)
endif()
set(THRUM_SYSTEM_NO_STACK_PROTECTOR ${THRUM_ELF_NO_STACK_PROTECTOR}
    "^src/os/linux/(memory|process|shadow_stack|thread).c")
set(THRUM_SYSTEM_NO_LTO ${THRUM_ELF_NO_LTO} "^src/os/linux/(fault|shadow_stack|thread).c")
set(THRUM_SYSTEM_NO_JUMP_TABLES ${THRUM_ELF_NO_JUMP_TABLES})
set(THRUM_SYSTEM_NO_BUILTIN ${THRUM_ELF_NO_BUILTIN})
set(THRUM_SYSTEM_SMALL ${THRUM_ELF_SMALL} "^src/os/linux/")
set(THRUM_SYSTEM_FAST ${THRUM_ELF_FAST} "^src/os/linux/clock.c")
set(THRUM_SYSTEM_LINK_OPTIONS ${THRUM_ELF_LINK_OPTIONS})
set(THRUM_SYSTEM_SMALL_LINK_OPTIONS ${THRUM_ELF_SMALL_LINK_OPTIONS})
