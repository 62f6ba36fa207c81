/* The contract of a system whose threads others make, too: what thread/adopt.c and the system ask of
 * each other beside os.h. All is called by the thread that is adopted. */
#ifndef THRUM_OS_ADOPTING_H
#define THRUM_OS_ADOPTING_H

#include "thread/block.h"

/* --- of thread/adopt.c ------------------------------------------------------------------------ */

/* Gives the calling thread, which the system's means (THRUM_SELF_FILE) find without a block, a block
 * and a place in the registry. The system calls it where nothing of the program can come on top of
 * it that would call it again: with signals held, where there are signals. */
struct thrum_block *thrum_thread_adopt(void);
/* Something made the calling thread of thrum's own call thrum when nothing told it from one that others
 * made, and it was adopted as `other`: a wrapper of the libc's functions before its first step, or a handler
 * while the libc has taken the value of the key that tells. What it did there is `block`'s from now on. */
void thrum_thread_hand_over(struct thrum_block *other, struct thrum_block *block);

/* --- of the system ---------------------------------------------------------------------------- */

/* Whether the thread, whose record thrum_os_thread_adopt has filled in, is the process's first. */
bool thrum_os_thread_is_leader(const struct thrum_os_thread *thread);
/* `block` is the calling thread's: it is found from now on, and its end is noticed. */
void thrum_os_adopted(struct thrum_block *block);
/* Where main's stack is, as far as the system would let it grow. Allowed in handlers. */
void thrum_os_main_stack(char **low, char **high);
/* Where the calling thread's is; it may allocate. False: not told. */
bool thrum_os_own_stack(char **low, char **high, size_t *guard);

#endif
