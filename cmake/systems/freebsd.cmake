# FreeBSD 12 and later, on x86-64 and AArch64.
set(THRUM_BSD_ENTRY_x86_64 "%rdi")
set(THRUM_BSD_ENTRY_aarch64 "mov x0, x0")
set(THRUM_BSD_SOURCES
  src/os/bsd/affinity.c
  src/os/bsd/resident.c
  src/os/freebsd/system.c
  src/os/freebsd/thread.c
  src/os/freebsd/wait.c
)
include("${CMAKE_CURRENT_LIST_DIR}/bsd.cmake")
