/* How a thread finds its block where the thread pointer is ours: it is there. Included by block.h. */
#ifndef THRUM_THREAD_SELF_REGISTER_H
#define THRUM_THREAD_SELF_REGISTER_H

/* The ABI's thread pointer is the block's address (variant II), or where its slots end (variant I);
 * the register may hold more. */
#define THRUM_BLOCK_TO_TP (THRUM_ARCH_TLS_VARIANT == 1 ? THRUM_BLOCK_AREA : 0)

/* Where public headers are told to look for the block, if they are. */
#ifdef THRUM_PRIVATE_BLOCK_AT
_Static_assert(THRUM_PRIVATE_BLOCK_AT == -(long)(THRUM_BLOCK_TO_TP + THRUM_ARCH_TP_BIAS),
               "inline paths look for the block there (cmake/linux-cpus)");
#endif
/* The ABI's words at the thread pointer (variant II), or the last of the block's area (variant I),
 * which holds no slots. */
#ifdef THRUM_ARCH_CANARY_AT
_Static_assert(THRUM_ARCH_TLS_VARIANT == 2
                   ? THRUM_ARCH_CANARY_AT >= (int)offsetof(struct thrum_block_head, abi) &&
                         THRUM_ARCH_CANARY_AT + (int)sizeof(uintptr_t) <=
                             (int)sizeof(struct thrum_block_head)
                   : THRUM_ARCH_CANARY_AT < 0 &&
                         (int)THRUM_BLOCK_SIZE <= (int)THRUM_BLOCK_AREA + THRUM_ARCH_CANARY_AT,
               "the canary's place is taken");
#endif

static inline struct thrum_block *thrum_block_self(void)
{
    char *tp = thrum_arch_thread_pointer() - THRUM_ARCH_TP_BIAS;
    return (struct thrum_block *)(void *)(tp - THRUM_BLOCK_TO_TP);
}

static inline void *thrum_block_register(struct thrum_block *block)
{
    return (char *)block + THRUM_BLOCK_TO_TP + THRUM_ARCH_TP_BIAS;
}

/* What inline paths of layout 1 were compiled with. Whoever changes it counts THRUM_PRIVATE_TAGGED on. */
_Static_assert(THRUM_PRIVATE_SLOTS_AT == 512 &&
                   THRUM_PRIVATE_LOCK_ID_AT == (sizeof(void *) == 8 ? 16 : 8) &&
                   THRUM_PRIVATE_HANDLE_AT == (sizeof(void *) == 8 ? 24 : 16) &&
                   THRUM_KEY_MAX == 1024 && THRUM_PRIVATE_KEY_INDEX == 2047 &&
                   sizeof(thrum_mutex) == 4 && sizeof(thrum_tls_key) == 4,
               "another layout than that of THRUM_PRIVATE_TAGGED");

#endif
