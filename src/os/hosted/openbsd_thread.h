/* OpenBSD's part of a control block: that of all hosted systems. */
#ifndef THRUM_OS_HOSTED_OPENBSD_THREAD_H
#define THRUM_OS_HOSTED_OPENBSD_THREAD_H

#include <stddef.h>

#include "os/hosted/numbered_thread.h"

/* As in os/openbsd/thread.h: mappings count against the limit of a process's data, and each page of a
 * stack is touched once, by pthread_attr_setstack. */
#define THRUM_OS_STACK_DEFAULT ((size_t)1 << 20)

#endif
