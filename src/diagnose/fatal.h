/* The one line before an abort. */
#ifndef THRUM_DIAGNOSE_FATAL_H
#define THRUM_DIAGNOSE_FATAL_H

#include "diagnose/format.h"
#include "thread/block.h"

enum { THRUM_FATAL_SIZE = 512 };

/* "thrum: thread 12 "name" DOES WHAT": the line about the caller alone. */
_Noreturn void thrum_fatal_misuse(const char *does, const char *what);

/* "thrum: thread 12 "name" DOES the KIND at 0x… WHY, held by thread 13 "other"". `why` may be NULL;
 * `word` is the lock word (0: "which nobody holds"), THRUM_FATAL_NO_HOLDER leaves that part
 * away. */
#define THRUM_FATAL_NO_HOLDER UINT32_MAX
_Noreturn void thrum_fatal_object(const char *does, const char *kind, const volatile void *object,
                                  const char *why, uint32_t word);

/* "thrum: thread 12 "name" DOES thread 13 "other" at 0x…, WHY", at the handle; `thread` is NULL if the
 * handle is no live thread's: "DOES a thread at 0x…, WHY". */
_Noreturn void thrum_fatal_thread_misuse(const char *does, struct thrum_block *thread,
                                         const thrum_thread *handle, const char *why);

/* "thrum: thread 12 "name" has overflowed its stack of N bytes, at 0x…". */
_Noreturn void thrum_fatal_overflow(const struct thrum_block *thread, size_t stack,
                                    const void *address);

/* Prints a line made by the caller (begun with "thrum: "), or hands it to the hook; aborts. No lock
 * of the library is held meanwhile. */
_Noreturn void thrum_fatal(struct thrum_text *text);

/* Parts of a line: "thread 12 "name"", and the same for a lock id, whose thread may have ended. */
void thrum_text_thread(struct thrum_text *text, const struct thrum_block *thread);
void thrum_text_holder(struct thrum_text *text, uint32_t lock_id);

#endif
