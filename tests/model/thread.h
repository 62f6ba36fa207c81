/* The model system's part of a control block. */
#ifndef THRUM_MODEL_THREAD_H
#define THRUM_MODEL_THREAD_H

#include "thrum/private.h"

struct thrum_os_thread {
    uint32_t id;             /* 0 until it is born */
    thrum_private_word live; /* 0 when it is gone; the system's last write */
};

#define THRUM_OS_REQUEUES 1

static inline uint64_t thrum_os_lock_id_owner(uint32_t part)
{
    return part;
}

#endif
