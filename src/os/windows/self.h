/* How a thread finds its block on Windows: in a slot of TlsAlloc. The first 64 slots are words of the
 * thread's environment block (TEB), which a register leads to: one load. NULL: a thread that others
 * made, see self.c. Included by block.h. */
#ifndef THRUM_OS_WINDOWS_SELF_H
#define THRUM_OS_WINDOWS_SELF_H

#include "os/windows/cpu.h"

#define THRUM_BLOCK_TO_TP (THRUM_ARCH_TLS_VARIANT == 1 ? THRUM_BLOCK_AREA : 0)

/* Where in the TEB the slot is; 0: there is none yet, or it is not one of the 64. */
extern uint32_t thrum_windows_slot;

/* The block by the slower way, made if there is none yet; in self.c. */
struct thrum_block *thrum_windows_find(void);

static inline struct thrum_block *thrum_block_self(void)
{
    uint32_t at = __atomic_load_n(&thrum_windows_slot, __ATOMIC_RELAXED);
    struct thrum_block *block = NULL;
    if (THRUM_PRIVATE_LIKELY(at != 0))
        block = (struct thrum_block *)thrum_windows_teb_word(at);
    return THRUM_PRIVATE_LIKELY(block != NULL) ? block : thrum_windows_find();
}

#endif
