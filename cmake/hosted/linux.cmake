# Linux, above glibc or musl. Names, affinity, the CPU count and the futex are the freestanding build's own.
set(THRUM_HOSTED_SYSTEM_SOURCES
  src/os/hosted/linux.c
  src/os/hosted/own_stack.c
  src/os/hosted/resident.c

  src/os/linux/affinity.c
  src/os/linux/cgroup.c
  src/os/linux/cpus.c
  src/os/linux/name.c
)
# The table stands for a system that has nothing but POSIX, so it brings all that such a one would use.
set(thrum_wait_futex src/os/hosted/join.c src/os/hosted/self_tls.c src/os/hosted/sleep.c
    src/os/linux/pages.c src/os/linux/wait.c)
set(thrum_wait_table src/os/hosted/join_polled.c src/os/hosted/pages.c src/os/hosted/sleep_relative.c
    src/os/hosted/wait_table.c src/os/numbers.c)
set(THRUM_HOSTED_SELF_FILE_table os/hosted/self_key.h)
set(THRUM_HOSTED_THREAD_FILE_table os/hosted/numbered_thread.h)
set(THRUM_HOSTED_FEATURES _GNU_SOURCE)
set(THRUM_HOSTED_SYSTEM_DEFINITIONS "THRUM_LINUX_CPU_FILE=\"os/linux/${THRUM_CPU_FILE}.h\"")
