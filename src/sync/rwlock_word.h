/* An rwlock's word.
 *
 *   0                    free
 *   id                   a writer, by lock id
 *   READERS | count      readers
 *   … | QUEUED           and threads queue: every lock and unlock takes the slow path */
#ifndef THRUM_SYNC_RWLOCK_WORD_H
#define THRUM_SYNC_RWLOCK_WORD_H

#include <stdint.h>

#define THRUM_RW_QUEUED 0x80000000u
#define THRUM_RW_READERS 0x40000000u
#define THRUM_RW_COUNT 0x3fffffffu

static inline uint32_t thrum_rwlock_writer(uint32_t word)
{
    return word & THRUM_RW_READERS ? 0 : word & THRUM_RW_COUNT;
}

#endif
