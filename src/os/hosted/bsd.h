/* What the hosted files of the four BSDs share: each system's own file fills it in for bsd.c and
 * bsd_affinity.c. */
#ifndef THRUM_OS_HOSTED_BSD_H
#define THRUM_OS_HOSTED_BSD_H

#include "os/hosted/hosted.h"

/* The kernel's id of the calling thread (handler). */
int64_t thrum_hosted_kernel_id(void);
/* Whether the calling thread, whose id it is, is the process's first (handler). */
bool thrum_hosted_is_first(uint32_t tid);
/* Names the thread; the name may be cut. 0, or an error number. */
int thrum_hosted_name_thread(uint32_t tid, char name[THRUM_NAME_SIZE]);
/* The end where the process's first stack starts, or NULL (handler). */
char *thrum_hosted_stack_top(void);

/* --- bsd_affinity.c --------------------------------------------------------------------------- */

enum { THRUM_HOSTED_CPUS = 1024, THRUM_HOSTED_WORD_BITS = 32 };

struct thrum_hosted_cpus {
    uint32_t words[THRUM_HOSTED_CPUS / THRUM_HOSTED_WORD_BITS];
};

static inline void thrum_hosted_add_cpu(struct thrum_hosted_cpus *cpus, unsigned cpu)
{
    cpus->words[cpu / THRUM_HOSTED_WORD_BITS] |= (uint32_t)1 << cpu % THRUM_HOSTED_WORD_BITS;
}

static inline bool thrum_hosted_has_cpu(const struct thrum_hosted_cpus *cpus, unsigned cpu)
{
    return cpus->words[cpu / THRUM_HOSTED_WORD_BITS] >> cpu % THRUM_HOSTED_WORD_BITS & 1;
}

/* Which CPUs the thread may use: 0, or an error number. `cpus` is zeroed before it is filled; none at
 * all says that nobody has chosen. A CPU beyond what the system can name is EINVAL. */
int thrum_hosted_get_cpus(uint32_t tid, struct thrum_hosted_cpus *cpus);
int thrum_hosted_set_cpus(uint32_t tid, const struct thrum_hosted_cpus *cpus);

#endif
