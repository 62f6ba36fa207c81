# DragonFly, on x86-64.
set(THRUM_BSD_ENTRY_x86_64 "%rdi")
set(THRUM_BSD_SOURCES
  src/os/bsd/affinity.c
  src/os/bsd/polled_end.c
  src/os/bsd/resident.c
  src/os/dragonfly/system.c
  src/os/dragonfly/thread.c
  src/os/dragonfly/wait.c
)
include("${CMAKE_CURRENT_LIST_DIR}/bsd.cmake")
