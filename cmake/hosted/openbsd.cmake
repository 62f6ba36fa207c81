# OpenBSD 7.5 and later.
set(THRUM_HOSTED_OWN_SOURCES
  src/os/hosted/openbsd.c
  src/os/no_affinity.c
  src/os/hosted/sleep_relative.c
)
set(THRUM_HOSTED_FEATURES _BSD_SOURCE)
set(THRUM_HOSTED_BSD_THREAD_FILE os/hosted/openbsd_thread.h)
# Its linker refuses to load a shared library with TLS once a program runs, and compilers make
# functions that allocate of `__thread`.
set(THRUM_HOSTED_SELF_FILE_futex os/hosted/self_key.h)
set(THRUM_HOSTED_SELF_FILE_table os/hosted/self_key.h)
# A shared library is not linked with the libc there: the program is.
set(THRUM_HOSTED_LEAVES_UNDEFINED ON)
include("${CMAKE_CURRENT_LIST_DIR}/bsd.cmake")
