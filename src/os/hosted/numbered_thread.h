/* The part of a control block where the kernel's ids may not fit into lock ids: os/numbers.h. */
#ifndef THRUM_OS_HOSTED_NUMBERED_THREAD_H
#define THRUM_OS_HOSTED_NUMBERED_THREAD_H

#define THRUM_HOSTED_NUMBERS 1
#include "os/hosted/thread.h"

#endif
