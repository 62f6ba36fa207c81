/* Mappings for threads, their guards, and what of them has been touched. */
#include "arch/arch.h"
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
        thrum_linux_call3(THRUM_LINUX_MADVISE, address, size,
                          THRUM_LINUX_MADV_NOHUGEPAGE); /* else no harm */
}

bool thrum_os_refresh(void *address, size_t size)
{
    return advice_is_real(address) &&
           thrum_linux_call3(THRUM_LINUX_MADVISE, address, size, THRUM_LINUX_MADV_DONTNEED) == 0;
}

/* --- how far a stack was used: its far end is where it would overflow ------------------------ */

enum { UP = THRUM_ARCH_STACK_GROWS_UP, SMALLEST_PAGE = 4096 };
enum { LOOK_PAGES = 256, LOOK = LOOK_PAGES * SMALLEST_PAGE }; /* bytes looked at at once */

/* Which pages, of at most LOOK bytes, are in memory (mincore(2)): tells how many there are; 0 if
 * one is not mapped. An emulator (qemu 7.2) may answer for each of the machine's own pages, which
 * are smaller than those it tells of: there is room for them. */
static size_t look(char *at, size_t size, unsigned char resident[LOOK_PAGES])
{
    enum { UNTOLD = 2 };
    const size_t page = thrum_os_page_size(), room = size / SMALLEST_PAGE;
    size_t count = 0;
    resident[room - 1] = UNTOLD;
    if (thrum_linux_call3(THRUM_LINUX_MINCORE, at, size, resident) != 0)
        return 0;
    const size_t answers = resident[room - 1] == UNTOLD ? 1 : page / SMALLEST_PAGE;
    for (; count * page < size; count++) {
        unsigned any = 0;
        for (size_t i = 0; i < answers; i++)
            any |= resident[count * answers + i];
        resident[count] = any & 1;
    }
    return count;
}

/* Of a stack that the kernel grows, the far end of what is mapped yet. */
static char *farthest_mapped(char *low, char *high)
{
    unsigned char resident[LOOK_PAGES];
    size_t step = LOOK;
    while (low < high) {
        size_t left = (size_t)(high - low), size = left < step ? left : step;
        if (look(UP ? low : high - size, size, resident) != 0) {
            low += UP ? size : 0;
            high -= UP ? 0 : size;
        } else if (step > thrum_os_page_size()) {
            step /= 2;
        } else {
            break;
        }
    }
    return UP ? low : high;
}

/* The far end of what is not zero; NULL if all is. */
static char *farthest_set(char *low, char *high)
{
    const size_t word = sizeof(uintptr_t);
    for (; low < high; low += UP ? 0 : word, high -= UP ? word : 0)
        if (*(const uintptr_t *)(const void *)(UP ? high - word : low) != 0)
            return UP ? high : low;
    return NULL;
}

bool thrum_os_stack_used(char *low, char *high, bool grows, size_t *used)
{
    const size_t page = thrum_os_page_size();
    char *from = (char *)((uintptr_t)low & ~(page - 1));
    char *to = (char *)(((uintptr_t)high + page - 1) & ~(page - 1));
    if (grows && UP)
        to = farthest_mapped(from, to);
    else if (grows)
        from = farthest_mapped(from, to);
    *used = 0;
    while (from < to) {
        unsigned char resident[LOOK_PAGES];
        size_t left = (size_t)(to - from), size = left < LOOK ? left : LOOK;
        char *looked = UP ? to - size : from;
        size_t count = look(looked, size, resident);
        if (count == 0)
            return false;
        for (size_t i = 0; i < count; i++) {
            size_t which = UP ? count - 1 - i : i;
            char *at = looked + which * page, *end = at + page;
            if (!resident[which])
                continue;
            /* in memory, and a page that was read but never written is all zero */
            char *found = farthest_set(at < low ? low : at, end < high ? end : high);
            if (found == NULL)
                continue;
            *used = (size_t)(UP ? found - low : high - found);
            return true;
        }
        if (UP)
            to = looked;
        else
            from = looked + size;
    }
    return true;
}
