/* How a thread finds its block under WASI: by a `_Thread_local` pointer, because the TLS image of the
 * first thread may be another's doing and the block then stands elsewhere. Included by block.h. */
#ifndef THRUM_OS_WASI_SELF_H
#define THRUM_OS_WASI_SELF_H

#define THRUM_BLOCK_TO_TP THRUM_BLOCK_AREA

extern _Thread_local struct thrum_block *thrum_wasi_self __attribute__((visibility("hidden")));

static inline struct thrum_block *thrum_block_self(void)
{
    return thrum_wasi_self;
}

#endif
