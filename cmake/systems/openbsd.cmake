# OpenBSD 7.5 and later, on x86-64 and AArch64.
set(THRUM_BSD_ENTRY_x86_64 "%rsp")
set(THRUM_BSD_ENTRY_aarch64 "mov x0, sp")
# Compilers for OpenBSD call functions for __thread variables if they are not told otherwise. Where
# handlers and threads begin there must be an endbr64, or a bti c, as compilers make it there.
set(THRUM_BSD_FLAGS -fno-emulated-tls)
set(THRUM_BSD_FLAGS_x86_64 -fcf-protection=branch)
set(THRUM_BSD_FLAGS_aarch64 -mbranch-protection=bti)
set(THRUM_BSD_SOURCES
  src/os/bsd/polled_end.c
  src/os/no_affinity.c
  src/os/openbsd/system.c
  src/os/openbsd/thread.c
  src/os/openbsd/wait.c
)
include("${CMAKE_CURRENT_LIST_DIR}/bsd.cmake")
# The names that compilers for OpenBSD have for the canary and for what finds it gone.
list(APPEND THRUM_PLACE_DEFINITIONS __stack_chk_guard=__guard_local
     __stack_chk_fail=__stack_smash_handler)
