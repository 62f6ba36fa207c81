# FreeBSD 12 and later.
set(THRUM_HOSTED_OWN_SOURCES
  src/os/hosted/bsd_affinity.c
  src/os/hosted/bsd_libthr.c
  src/os/hosted/freebsd.c
  src/os/hosted/own_stack.c
  src/os/hosted/resident.c
  src/os/hosted/self_tls.c
  src/os/hosted/sleep.c
)
set(THRUM_HOSTED_FEATURES "") # all is shown unless something is asked for
include("${CMAKE_CURRENT_LIST_DIR}/bsd.cmake")
