/* Numbers for lock ids, where the system's own ids may not fit: a lock id has room for 22 bits, and
 * nothing promises that an id of 32 is small (Windows gives any, DragonFly and NetBSD before 10 count on
 * for ever). So each thread gets a number that no live one has, and a table says whose it is: it
 * is that table that answers thrum_os_lock_id_owner. */
#ifndef THRUM_OS_NUMBERS_H
#define THRUM_OS_NUMBERS_H

#include <stdint.h>

/* 1 to 2^22-1; 0 if there is no memory for it. Pages that are mapped for them stay. */
uint32_t thrum_number_take(void);
/* `id` is the thread's that has the number, until it is another's. */
void thrum_number_own(uint32_t number, uint32_t id);
/* The thread is gone. */
void thrum_number_free(uint32_t number);
/* In the child of a fork, whose only thread takes a new one. */
void thrum_numbers_free_all(void);

#endif
