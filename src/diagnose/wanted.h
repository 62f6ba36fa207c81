/* What a waiting thread wants, read from its record: for the deadlock finder and the dump. */
#ifndef THRUM_DIAGNOSE_WANTED_H
#define THRUM_DIAGNOSE_WANTED_H

#include "diagnose/format.h"
#include "thread/block.h"

/* "mutex", "rwlock", … */
const char *thrum_wanted_kind(const struct thrum_block *thread);
/* Whether its wait has no deadline. */
bool thrum_wanted_for_ever(const struct thrum_block *thread);
/* The lock id of whoever holds what the pinned thread waits for; 0: nobody, or not to be known. */
uint32_t thrum_wanted_holder(const struct thrum_block *thread);
/* Appends "the mutex at 0x…", or for a join "thread 12 "name"". */
void thrum_text_wanted(struct thrum_text *text, const struct thrum_block *thread);

#endif
