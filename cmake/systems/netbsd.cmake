# NetBSD 7 and later, on x86-64.
set(THRUM_BSD_ENTRY "%rsp")
set(THRUM_BSD_FLAGS "")
set(THRUM_BSD_SOURCES
  src/os/bsd/affinity.c
  src/os/bsd/resident.c
  src/os/netbsd/system.c
  src/os/netbsd/thread.c
  src/os/netbsd/wait.c
)
include("${CMAKE_CURRENT_LIST_DIR}/bsd.cmake")
