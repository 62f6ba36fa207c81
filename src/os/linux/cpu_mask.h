/* The kernel's CPU mask, large enough for the largest kernel (x86's CONFIG_NR_CPUS is at most
 * 8192).
 */
#ifndef THRUM_OS_LINUX_CPU_MASK_H
#define THRUM_OS_LINUX_CPU_MASK_H

#include "os/linux/linux.h"

#define THRUM_LINUX_CPUS 8192u
#define THRUM_LINUX_WORD_BITS (8 * (unsigned)sizeof(unsigned long))

struct thrum_linux_cpu_mask {
    unsigned long words[THRUM_LINUX_CPUS / THRUM_LINUX_WORD_BITS];
};

/* Fills a zeroed mask; negative is the kernel's error. */
static inline long thrum_linux_cpu_mask(struct thrum_linux_cpu_mask *mask, uint32_t tid)
{
    return thrum_linux_call3(THRUM_LINUX_SCHED_GETAFFINITY, tid, sizeof *mask, mask);
}

#endif
