/* Guards, and pages that are given back: by advice where the kernel truly takes it. */
#include "os/linux/linux.h"

enum { PROT_NONE = 0 };

enum {
    MADV_GUARD_INSTALL = 102, /* Linux 6.13 */
    MADV_NOTHING_KNOWS_THIS = 0x7ffffff0,
    PR_SET_VMA = 0x53564d41, /* Linux 5.17, if it was configured so */
    PR_SET_VMA_ANON_NAME = 0
};

/* An emulator may answer 0 to advice it does not know, and a kernel without madvise (it can be
 * configured away) refuses all: advice counts only where a bogus one is refused. */
enum { UNKNOWN, REAL, UNREAL };

static bool advice_is_real(void *page)
{
    static uint32_t advice;
    uint32_t known = __atomic_load_n(&advice, __ATOMIC_RELAXED);
    if (known == UNKNOWN) {
        long result = thrum_linux_call3(THRUM_LINUX_MADVISE, page, thrum_os_page_size(),
                                        MADV_NOTHING_KNOWS_THIS);
        known = result == -THRUM_LINUX_EINVAL ? REAL : UNREAL;
        /* Each caller finds the same; what any other error says may be of this moment alone. */
        if (known == REAL || result == 0)
            __atomic_store_n(&advice, known, __ATOMIC_RELAXED);
    }
    return known == REAL;
}

/* The kernel knows MADV_GUARD_INSTALL if it was ever heeded; a later refusal is that call's alone
 * (locked memory has no such guards). One that never was is older than 6.13, asked no more, and for
 * all we know older than 6.7, whose MAP_STACK keeps huge pages away by itself. */
enum { GUARDS_UNKNOWN, GUARDS_HEEDED, GUARDS_REFUSED };
static THRUM_FORK_VISIBLE uint32_t guards;

bool thrum_os_guard(void *address, size_t size)
{
    uint32_t known = __atomic_load_n(&guards, __ATOMIC_RELAXED);
    if (known != GUARDS_REFUSED && advice_is_real(address)) {
        bool heeded =
            thrum_linux_call3(THRUM_LINUX_MADVISE, address, size, MADV_GUARD_INSTALL) == 0;
        if (known == GUARDS_UNKNOWN) /* a race between two first calls costs one of them a hint */
            __atomic_store_n(&guards, heeded ? GUARDS_HEEDED : GUARDS_REFUSED, __ATOMIC_RELAXED);
        if (heeded)
            return true;
    }
    return thrum_linux_call3(THRUM_LINUX_MPROTECT, address, size, PROT_NONE) == 0;
}

/* One name for all, so that neighbours stay one mapping. A kernel that knows no names is asked once. */
static void name_mapping(void *address, size_t size)
{
    static uint32_t refused;
    if (__atomic_load_n(&refused, __ATOMIC_RELAXED))
        return;
    long result = thrum_linux_call(THRUM_LINUX_PRCTL, PR_SET_VMA, PR_SET_VMA_ANON_NAME,
                                   (long)address, (long)size, (long)"thrum stacks", 0);
    if (result == -THRUM_LINUX_EINVAL) /* each caller finds the same */
        __atomic_store_n(&refused, 1, __ATOMIC_RELAXED);
}

void thrum_os_stack_mapped(void *address, size_t size)
{
    name_mapping(address, size);
    if (__atomic_load_n(&guards, __ATOMIC_RELAXED) != GUARDS_HEEDED)
        thrum_linux_call3(THRUM_LINUX_MADVISE, address, size,
                          THRUM_LINUX_MADV_NOHUGEPAGE); /* else no harm */
}

bool thrum_os_refresh(void *address, size_t size)
{
    return advice_is_real(address) &&
           thrum_linux_call3(THRUM_LINUX_MADVISE, address, size, THRUM_LINUX_MADV_DONTNEED) == 0;
}
