# NetBSD 7 and later.
set(THRUM_HOSTED_OWN_SOURCES
  src/os/hosted/bsd_affinity.c
  src/os/hosted/netbsd.c
  src/os/hosted/own_stack.c
  src/os/hosted/resident.c
  src/os/hosted/self_tls.c
  src/os/hosted/sleep.c
)
set(THRUM_HOSTED_FEATURES _NETBSD_SOURCE)
include("${CMAKE_CURRENT_LIST_DIR}/bsd.cmake")
list(APPEND thrum_wait_futex src/os/netbsd/park_table.c)
