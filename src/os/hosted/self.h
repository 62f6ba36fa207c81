/* How a thread finds its block above a libc: one `__thread` pointer, initial-exec, so that it is
 * there from the first moment, costs no call, and takes little of what a loader has to spare. NULL:
 * a thread that others made, or an own one in a handler before its first step: see
 * thread/adopt.c. Included by block.h. */
#ifndef THRUM_OS_HOSTED_SELF_H
#define THRUM_OS_HOSTED_SELF_H

#define THRUM_BLOCK_TO_TP (THRUM_ARCH_TLS_VARIANT == 1 ? THRUM_BLOCK_AREA : 0)

extern __thread struct thrum_thread *thrum_hosted_self
    __attribute__((visibility("hidden"), tls_model("initial-exec")));

struct thrum_thread *thrum_thread_adopt(bool asks); /* in thread/ */

static inline struct thrum_thread *thrum_block_self(void)
{
    struct thrum_thread *block = thrum_hosted_self;
    return THRUM_PRIVATE_LIKELY(block != NULL) ? block : thrum_thread_adopt(true);
}

static inline struct thrum_thread *thrum_block_self_in_handler(void)
{
    struct thrum_thread *block = thrum_hosted_self;
    return THRUM_PRIVATE_LIKELY(block != NULL) ? block : thrum_thread_adopt(false);
}

#endif
