/* How a thread finds its block above a libc that has ELF's TLS: by `__thread` pointers, initial-exec,
 * so that they are there from the first moment, cost no call, and take little of what a loader has to
 * spare. NULL: a thread that others made, or an own one in a handler before its first step: see self.c.
 * Included by block.h.
 *
 * The second pointer is set when all is known of the thread: where its stack is may not be asked in a
 * handler, so one that was adopted in a call that handlers may make too is asked that later. */
#ifndef THRUM_OS_HOSTED_SELF_H
#define THRUM_OS_HOSTED_SELF_H

#define THRUM_BLOCK_TO_TP (THRUM_ARCH_TLS_VARIANT == 1 ? THRUM_BLOCK_AREA : 0)

extern __thread struct thrum_thread *thrum_hosted_self
    __attribute__((visibility("hidden"), tls_model("initial-exec")));
extern __thread struct thrum_thread *thrum_hosted_known
    __attribute__((visibility("hidden"), tls_model("initial-exec")));

/* 1: the key whose destructor notices a thread's end (self.c) is also where the block is found. */
#define THRUM_HOSTED_SELF_IN_KEY 0
struct thrum_thread *thrum_hosted_at_key(void); /* its value, of use then */

/* Gives the calling thread its block; in self.c. In a handler, which may be on top of
 * anything, `asks` is false: then nothing is asked of the libc but what handlers may. */
struct thrum_thread *thrum_hosted_adopt(bool asks);

/* The calling thread's block, and the same if all is known of it; NULL else. For self.c. */
static inline struct thrum_thread *thrum_hosted_mine(void)
{
    return thrum_hosted_self;
}
static inline struct thrum_thread *thrum_hosted_mine_known(void)
{
    return thrum_hosted_known;
}
static inline void thrum_hosted_set_mine(struct thrum_thread *block)
{
    thrum_hosted_self = block;
}
static inline void thrum_hosted_set_known(struct thrum_thread *block)
{
    thrum_hosted_known = block;
}

static inline struct thrum_thread *thrum_block_self(void)
{
    struct thrum_thread *block = thrum_hosted_known;
    return THRUM_PRIVATE_LIKELY(block != NULL) ? block : thrum_hosted_adopt(true);
}

static inline struct thrum_thread *thrum_block_self_in_handler(void)
{
    struct thrum_thread *block = thrum_hosted_self;
    return THRUM_PRIVATE_LIKELY(block != NULL) ? block : thrum_hosted_adopt(false);
}

#endif
