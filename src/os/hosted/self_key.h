/* How a thread finds its block by POSIX alone: it is the value of the key whose destructor notices the
 * thread's end (self.c). A libc may allocate where a key's value is first asked for in a thread
 * (OpenBSD's does), so there the first call in a thread that others made is none for handlers.
 * Included by block.h. */
#ifndef THRUM_OS_HOSTED_SELF_KEY_H
#define THRUM_OS_HOSTED_SELF_KEY_H

#define THRUM_BLOCK_TO_TP (THRUM_ARCH_TLS_VARIANT == 1 ? THRUM_BLOCK_AREA : 0)

/* As in self.h. */
#define THRUM_HOSTED_SELF_IN_KEY 1
struct thrum_block *thrum_hosted_adopt(void);

/* The key's value, in self.c. */
struct thrum_block *thrum_hosted_at_key(void);

static inline struct thrum_block *thrum_hosted_mine(void)
{
    return thrum_hosted_at_key();
}
static inline void thrum_hosted_set_mine(struct thrum_block *block)
{
    (void)block; /* the key's value is set in any case */
}
static inline struct thrum_block *thrum_block_self(void)
{
    struct thrum_block *block = thrum_hosted_mine();
    return THRUM_PRIVATE_LIKELY(block != NULL) ? block : thrum_hosted_adopt();
}

#endif
