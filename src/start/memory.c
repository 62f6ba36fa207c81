/* What compilers call by name for copies and fills; weak, so that a program's own win. Compiled so
 * that a loop here is not turned into a call of itself. */
#include <stddef.h>
#include <stdint.h>

/* Where a linker finds no weak definition in an archive, the build says that they are none. */
#ifndef THRUM_START_MEMORY
#define THRUM_START_MEMORY __attribute__((weak))
#endif

/* Words at any address, of any type's memory. */
typedef uintptr_t __attribute__((may_alias, aligned(1))) word;
enum { WORD = sizeof(word) };

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

static void copy_up(unsigned char *to, const unsigned char *from, size_t size)
{
    for (; size >= 4 * WORD; size -= 4 * WORD, to += 4 * WORD, from += 4 * WORD) {
        word a = ((const word *)from)[0], b = ((const word *)from)[1];
        word c = ((const word *)from)[2], d = ((const word *)from)[3];
        ((word *)to)[0] = a;
        ((word *)to)[1] = b;
        ((word *)to)[2] = c;
        ((word *)to)[3] = d;
    }
    for (; size >= WORD; size -= WORD, to += WORD, from += WORD)
        *(word *)to = *(const word *)from;
    while (size-- > 0)
        *to++ = *from++;
}

static void copy_down(unsigned char *to, const unsigned char *from, size_t size)
{
    for (; size >= WORD; size -= WORD)
        *(word *)(to + size - WORD) = *(const word *)(from + size - WORD);
    while (size-- > 0)
        to[size] = from[size];
}

THRUM_START_MEMORY void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    copy_up(to, from, size);
    return to;
}

THRUM_START_MEMORY void *memmove(void *to, const void *from, size_t size)
{
    if ((uintptr_t)to - (uintptr_t)from >= size)
        copy_up(to, from, size); /* it reads before it writes */
    else
        copy_down(to, from, size);
    return to;
}

THRUM_START_MEMORY void *memset(void *to, int byte, size_t size)
{
    unsigned char *at = to;
    word pattern = (word)-1 / 255 * (unsigned char)byte;
    for (; size >= 4 * WORD; size -= 4 * WORD, at += 4 * WORD) {
        ((word *)at)[0] = pattern;
        ((word *)at)[1] = pattern;
        ((word *)at)[2] = pattern;
        ((word *)at)[3] = pattern;
    }
    for (; size >= WORD; size -= WORD, at += WORD)
        *(word *)at = pattern;
    while (size-- > 0)
        *at++ = (unsigned char)byte;
    return to;
}

THRUM_START_MEMORY int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *left = a, *right = b;
    for (; size >= WORD && *(const word *)left == *(const word *)right; size -= WORD)
        left += WORD, right += WORD;
    for (; size > 0; size--, left++, right++)
        if (*left != *right)
            return *left < *right ? -1 : 1;
    return 0;
}
