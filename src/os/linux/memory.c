/* Mappings for threads, their guards, and what of them has been touched. */
#include "os/linux/linux.h"

enum { PROT_NONE = 0, PROT_READ_WRITE = 3 };

enum {
    MADV_GUARD_INSTALL = 102, /* Linux 6.13 */
    MADV_NOTHING_KNOWS_THIS = 0x7ffffff0
};

size_t thrum_os_page_size(void)
{
    return thrum_linux_process.page_size;
}

size_t thrum_os_smallest_stack(void)
{
    /* a signal's frame on a CPU with wide registers, and room for functions like thrum_cpu_count */
    return thrum_linux_process.signal_stack + 12288;
}

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
        __atomic_store_n(&advice, known, __ATOMIC_RELAXED); /* each caller finds the same */
    }
    return known == REAL;
}

/* The kernel knows MADV_GUARD_INSTALL if it was ever heeded; a later refusal is that call's alone
 * (locked memory has no such guards). One that never was is older than 6.13, asked no more, and for
 * all we know older than 6.7, whose MAP_STACK keeps huge pages away by itself. */
enum { GUARDS_UNKNOWN, GUARDS_HEEDED, GUARDS_REFUSED };
static uint32_t guards;

void *thrum_os_map(size_t size)
{
    long result = thrum_linux_mmap(size, PROT_READ_WRITE,
                                   THRUM_LINUX_MAP_PRIVATE | THRUM_LINUX_MAP_ANONYMOUS |
                                       THRUM_LINUX_MAP_NORESERVE | THRUM_LINUX_MAP_STACK);
    return result < 0 && result >= -4095 ? NULL : (void *)result;
}

void thrum_os_unmap(void *address, size_t size)
{
    long result = thrum_linux_call2(THRUM_LINUX_MUNMAP, address, size);
    /* ENOMEM: the map count would grow over its limit; the pages at least go back, and the hole
     * stays reserved. */
    if (result == -THRUM_LINUX_ENOMEM)
        thrum_linux_call3(THRUM_LINUX_MADVISE, address, size, THRUM_LINUX_MADV_DONTNEED);
    else if (result != 0)
        thrum_os_refused("munmap", -result);
}

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

void thrum_os_no_huge_pages(void *address, size_t size)
{
    if (__atomic_load_n(&guards, __ATOMIC_RELAXED) != GUARDS_HEEDED)
        thrum_linux_call3(THRUM_LINUX_MADVISE, address, size, THRUM_LINUX_MADV_NOHUGEPAGE); /* else no harm */
}

bool thrum_os_refresh(void *address, size_t size)
{
    return advice_is_real(address) &&
           thrum_linux_call3(THRUM_LINUX_MADVISE, address, size, THRUM_LINUX_MADV_DONTNEED) == 0;
}

/* Of a stack the kernel grows, the lowest page that is mapped yet. */
static char *lowest_mapped(char *low, char *high)
{
    size_t page = thrum_os_page_size(), step = 64;
    unsigned char pages[64];
    while (high > low) {
        size_t left = (size_t)(high - low) / page, take = step < left ? step : left;
        if (thrum_linux_call3(THRUM_LINUX_MINCORE, high - take * page, take * page, pages) == 0)
            high -= take * page;
        else if (step == 1)
            break;
        else
            step /= 2;
    }
    return high;
}

static char *lowest_set(char *low, char *high)
{
    while (low < high && *(const uintptr_t *)(const void *)low == 0)
        low += sizeof(uintptr_t);
    return low;
}

char *thrum_os_lowest_touched(char *low, char *high, bool grows)
{
    size_t page = thrum_os_page_size();
    char *at = (char *)((uintptr_t)low & ~(page - 1));
    char *end = (char *)(((uintptr_t)high + page - 1) & ~(page - 1));
    if (grows)
        at = lowest_mapped(at, end);
    while (at < end) {
        unsigned char resident[256];
        size_t left = (size_t)(end - at) / page;
        size_t take = left < sizeof resident ? left : sizeof resident;
        if (thrum_linux_call3(THRUM_LINUX_MINCORE, at, take * page, resident) != 0)
            return NULL;
        for (size_t i = 0; i < take; i++, at += page) {
            if (!(resident[i] & 1))
                continue;
            /* in memory, and a page that was read but never written is all zero */
            char *from = at < low ? low : at, *to = at + page < high ? at + page : high;
            char *found = lowest_set(from, to);
            if (found < to)
                return found;
        }
    }
    return high;
}
