/* _umtx_op(2): the kernel's wait and wake on addresses. */
#ifndef THRUM_OS_FREEBSD_UMTX_H
#define THRUM_OS_FREEBSD_UMTX_H

#include "os/bsd/bsd.h"

enum {
    THRUM_FREEBSD_WAIT = 2, /* on 64 bits, as thr_exit wakes */
    THRUM_FREEBSD_WAKE = 3,
    THRUM_FREEBSD_WAIT_UINT_PRIVATE = 15,
    THRUM_FREEBSD_WAKE_PRIVATE = 16
};

/* One of the waits, until an absolute time; THRUM_OK for every other reason to return. */
thrum_status thrum_freebsd_wait(const void *address, int operation, uint64_t expected,
                                thrum_time deadline);
void thrum_freebsd_wake(const void *address, int operation, uint32_t count);

#endif
