# What the BSDs share; a system's own file sets, and then includes this:
#
# THRUM_HOSTED_OWN_SOURCES      files of src/os/hosted that are that system's, and how it sleeps
# THRUM_HOSTED_BSD_THREAD_FILE  its part of a block, if it is not as on most
if(NOT THRUM_HOSTED_BSD_THREAD_FILE)
  set(THRUM_HOSTED_BSD_THREAD_FILE os/hosted/numbered_thread.h)
endif()
set(THRUM_HOSTED_THREAD_FILE_futex ${THRUM_HOSTED_BSD_THREAD_FILE})
set(THRUM_HOSTED_THREAD_FILE_table ${THRUM_HOSTED_BSD_THREAD_FILE})
set(THRUM_HOSTED_SYSTEM_SOURCES
  src/os/hosted/bsd.c
  src/os/hosted/join_polled.c
  src/os/numbers.c
  ${THRUM_HOSTED_OWN_SOURCES}
)
set(thrum_wait_futex src/os/hosted/pages.c src/os/hosted/${THRUM_SYSTEM}_wait.c)
set(thrum_wait_table src/os/hosted/pages.c src/os/hosted/wait_table.c)
