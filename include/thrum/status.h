/* What a call that can fail answers. SPDX-License-Identifier: MIT */
#ifndef THRUM_STATUS_H
#define THRUM_STATUS_H

#include "private.h"

#define THRUM_VERSION_MAJOR 0
#define THRUM_VERSION_MINOR 1
#define THRUM_VERSION_PATCH 0
/* One number that grows: 0x00MMmmpp. */
#define THRUM_VERSION \
    (THRUM_VERSION_MAJOR * 0x10000 + THRUM_VERSION_MINOR * 0x100 + THRUM_VERSION_PATCH)

THRUM_PRIVATE_BEGIN

typedef enum thrum_status {
    THRUM_OK = 0,
    THRUM_TIMED_OUT,    /* the deadline passed first */
    THRUM_BUSY,         /* somebody else has it */
    THRUM_INVALID,      /* an argument that cannot be right */
    THRUM_NO_MEMORY,    /* the kernel refused memory: address space, overcommit, memory lock */
    THRUM_THREAD_LIMIT, /* the kernel refused one more thread: RLIMIT_NPROC, pids cgroup, … */
    THRUM_KEY_LIMIT,    /* THRUM_KEY_MAX keys are allocated */
    THRUM_NOT_FOUND,    /* no such thing (any more) */
    THRUM_UNSUPPORTED,  /* this system has no means for it */
    THRUM_SYSTEM        /* the kernel refused for a reason that has no status of its own */
} thrum_status;

/* A short English phrase for `status`, static and never NULL. Does not block. */
THRUM_PRIVATE_API const char *thrum_status_text(thrum_status status);

THRUM_PRIVATE_END

#endif
