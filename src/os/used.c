/* How far a stack was used: which of its pages are in memory, and what of them is not zero. Its far
 * end is where it would overflow. */
#include "os/used.h"

#include "arch/arch.h"
#include "os/os.h"

enum { UP = THRUM_ARCH_STACK_GROWS_UP, SMALLEST_PAGE = 4096 };
enum { LOOK_PAGES = 256, LOOK = LOOK_PAGES * SMALLEST_PAGE }; /* bytes looked at at once */

/* Which pages, of at most LOOK bytes, are in memory (mincore(2)): tells how many there are; 0 if
 * one is not mapped. False: the system does not tell. An emulator (qemu 7.2) may answer for each of the
 * machine's own pages, which are smaller than those it tells of: there is room for them. */
static bool look(char *at, size_t size, unsigned char resident[LOOK_PAGES], size_t *pages)
{
    enum { UNTOLD = 2 };
    const size_t page = thrum_os_page_size(), room = size / SMALLEST_PAGE;
    size_t count = 0;
    resident[room - 1] = UNTOLD;
    *pages = 0;
    enum thrum_os_residence residence = thrum_os_resident(at, size, resident);
    if (residence != THRUM_OS_TOLD)
        return residence == THRUM_OS_UNMAPPED;
    const size_t answers = resident[room - 1] == UNTOLD ? 1 : page / SMALLEST_PAGE;
    for (; count * page < size; count++) {
        unsigned any = 0;
        for (size_t i = 0; i < answers; i++)
            any |= resident[count * answers + i];
        resident[count] = any & 1;
    }
    *pages = count;
    return true;
}

/* Of a stack that the kernel grows, the far end of what is mapped yet; NULL: not to be told. */
static char *farthest_mapped(char *low, char *high)
{
    unsigned char resident[LOOK_PAGES];
    size_t step = LOOK;
    while (low < high) {
        size_t left = (size_t)(high - low), size = left < step ? left : step, count;
        if (!look(UP ? low : high - size, size, resident, &count))
            return NULL;
        if (count != 0) {
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

/* The far end of what is not zero; NULL if all is. Looks where no variable is any more, and where
 * other threads write just now: sanitizers are told to let it, and valgrind by the function's name
 * (tests/valgrind.supp). */
__attribute__((noinline, no_sanitize("address", "thread"))) static char *farthest_set(char *low,
                                                                                      char *high)
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
    if (grows && (from == NULL || to == NULL)) /* else a stack may begin at address 0 */
        return false;
    while (from < to) {
        unsigned char resident[LOOK_PAGES];
        size_t left = (size_t)(to - from), size = left < LOOK ? left : LOOK;
        char *looked = UP ? to - size : from;
        size_t count;
        if (!look(looked, size, resident, &count) || count == 0)
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
