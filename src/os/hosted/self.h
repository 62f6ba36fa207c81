/* How a thread finds its block above a libc that has ELF's TLS: by a `__thread` pointer, initial-exec, so
 * that it is there from the first moment, costs no call, and takes little of what a loader has to spare.
 * NULL: a thread that others made, or an own one before its first step: see self.c. Included by
 * block.h. */
#ifndef THRUM_OS_HOSTED_SELF_H
#define THRUM_OS_HOSTED_SELF_H

#define THRUM_BLOCK_TO_TP (THRUM_ARCH_TLS_VARIANT == 1 ? THRUM_BLOCK_AREA : 0)

extern __thread struct thrum_block *thrum_hosted_self
    __attribute__((visibility("hidden"), tls_model("initial-exec")));

/* 1: the key whose destructor notices a thread's end (self.c) is also where the block is found. */
#define THRUM_HOSTED_SELF_IN_KEY 0
struct thrum_block *thrum_hosted_at_key(void); /* its value, of use then */

/* Gives the calling thread its block; in self.c. It may be in a handler on top of anything: nothing is
 * asked of the libc but what handlers may. */
struct thrum_block *thrum_hosted_adopt(void);

/* The calling thread's block, or NULL. For self.c. */
static inline struct thrum_block *thrum_hosted_mine(void)
{
    return thrum_hosted_self;
}
static inline void thrum_hosted_set_mine(struct thrum_block *block)
{
    thrum_hosted_self = block;
}

static inline struct thrum_block *thrum_block_self(void)
{
    struct thrum_block *block = thrum_hosted_mine();
    return THRUM_PRIVATE_LIKELY(block != NULL) ? block : thrum_hosted_adopt();
}

#endif
