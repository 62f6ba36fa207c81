/* Handles, by which the public calls name threads: the address of the thread's block, which is a
 * multiple of 64, plus 1 to 63 by the number of its birth. The block says which handle is its thread's
 * just now, so that one of an earlier thread in the same memory is found out. Only these functions know
 * both types: the compiler refuses one for the other. */
#ifndef THRUM_THREAD_HANDLE_H
#define THRUM_THREAD_HANDLE_H

#include "thread/block.h"

enum { THRUM_HANDLE_MARKS = 63 };

/* The thread has its birth number, and nobody else its block yet. */
static inline void thrum_handle_give(struct thrum_block *block)
{
    /* Modulo 63, and 63 for 0: 64 is 1 modulo 63, so the sum of the digits to base 64 is. (An operator `%`
     * would be the compiler's library on some CPUs.) */
    uint32_t mark = block->birth;
    while (mark > THRUM_HANDLE_MARKS)
        mark = mark / (THRUM_HANDLE_MARKS + 1) + mark % (THRUM_HANDLE_MARKS + 1);
    char *handle = (char *)block + (mark != 0 ? mark : THRUM_HANDLE_MARKS);
    __atomic_store_n(&block->head.handle, (thrum_thread *)(void *)handle, __ATOMIC_RELAXED);
}

/* The thread is no more. */
static inline void thrum_handle_take(struct thrum_block *block)
{
    __atomic_store_n(&block->head.handle, NULL, __ATOMIC_RELAXED);
}

static inline thrum_thread *thrum_handle_of(const struct thrum_block *block)
{
    return __atomic_load_n(&block->head.handle, __ATOMIC_RELAXED);
}

/* The block of the thread that the handle names; misuse if it names none ("thread 12 DOES a thread
 * at 0x…, no live thread's handle"). */
struct thrum_block *thrum_handle_block(const thrum_thread *handle, const char *does);

#endif
