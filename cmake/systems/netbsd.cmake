# NetBSD 7 and later, on x86-64; 9 and later, on AArch64, where x2 has the address of ps_strings, and
# that begins with the address of argv.
set(THRUM_BSD_ENTRY_x86_64 "%rsp")
set(THRUM_BSD_ENTRY_aarch64 "ldr x0, [x2]\\n sub x0, x0, 8")
set(THRUM_BSD_SOURCES
  src/os/bsd/affinity.c
  src/os/bsd/resident.c
  src/os/netbsd/park_table.c
  src/os/netbsd/system.c
  src/os/netbsd/thread.c
  src/os/netbsd/wait.c
)
include("${CMAKE_CURRENT_LIST_DIR}/bsd.cmake")
