# What the BSDs share; a system's own file sets, and then includes this:
#
# THRUM_HOSTED_OWN_SOURCES   files of src/os/hosted that are that system's, and how it sleeps
set(THRUM_HOSTED_SYSTEM_SOURCES
  src/os/hosted/bsd.c
  src/os/hosted/join_polled.c
  ${THRUM_HOSTED_OWN_SOURCES}
)
set(thrum_wait_futex src/os/hosted/pages.c src/os/hosted/${THRUM_SYSTEM}_wait.c)
set(thrum_wait_table src/os/hosted/pages.c src/os/hosted/wait_table.c)
