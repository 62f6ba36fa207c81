/* The kernel's CPU masks, for what src/os/bsd/affinity.c asks of a system that has them. */
#ifndef THRUM_OS_BSD_CPU_MASK_H
#define THRUM_OS_BSD_CPU_MASK_H

#include "os/bsd/bsd.h"

enum { THRUM_BSD_EDEADLK = 11 }; /* the mask leaves no CPU that is there */

#define THRUM_BSD_MASK_WORDS 16u

struct thrum_bsd_cpu_mask {
    uint64_t words[THRUM_BSD_MASK_WORDS];
};

/* Negative errors. A mask is zeroed before it is filled. */
long thrum_bsd_get_cpus(uint64_t id, struct thrum_bsd_cpu_mask *mask);
long thrum_bsd_set_cpus(uint64_t id, const struct thrum_bsd_cpu_mask *mask);
uint64_t thrum_bsd_own_id(void);

#endif
