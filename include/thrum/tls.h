/* Thread-local storage: the compiler's, and keys. SPDX-License-Identifier: MIT */
#ifndef THRUM_TLS_H
#define THRUM_TLS_H

#include "status.h"

THRUM_PRIVATE_BEGIN

/* Variables every thread has its own of, main and spawned, initialised or zeroed, of any alignment;
 * in a static program an access is one instruction on x86-64 (Drepper, "ELF Handling For
 * Thread-Local Storage", 2013, local-exec):
 *
 *     static THRUM_THREAD_LOCAL int depth = 1;
 */
#define THRUM_THREAD_LOCAL __thread

/* A slot in every thread. A zeroed key is never a valid one, and one that was freed is not the next one
 * of its slot, for the next 2^21. */
typedef struct thrum_tls_key {
    uint32_t private_word;
} thrum_tls_key;

/* clang-format off */
#define THRUM_TLS_KEY_INIT { 0 }
/* clang-format on */

/* Keys that can be allocated at once. */
#define THRUM_KEY_MAX 1024
/* The part of a key's word that is its slot's index: 1 to THRUM_KEY_MAX. */
#define THRUM_PRIVATE_KEY_INDEX 2047u

/* For thrum_tls_alloc: a spawned thread starts with its spawner's value. */
#define THRUM_TLS_INHERIT 1u

/* Allocates a slot in every thread, those already running included, NULL in each. `destroy`, if not
 * NULL, is called at a thread's end with its value if that is not NULL; the slot is NULL again by
 * then. While destructors set values, they are run again, at most 4 rounds (as POSIX's
 * PTHREAD_DESTRUCTOR_ITERATIONS). To leave one by an exception, which is reported, or by a jump is
 * misuse. From any thread, at any time; blocks only for other callers of
 * alloc and free, and for threads that end.
 *
 * THRUM_OK; THRUM_KEY_LIMIT; THRUM_INVALID: unknown flags, or `destroy` with THRUM_TLS_INHERIT (one
 * value would have two owners). `*key` is zeroed on failure. */
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK thrum_status
thrum_tls_alloc(thrum_tls_key *key, void (*destroy)(void *value), unsigned flags);

/* Frees the key and scrubs its slot in every thread, so that a later key never sees an old value.
 * Destructors are not run. No other thread may use the key meanwhile or later. A key that is not
 * allocated, or was freed before, is misuse. */
THRUM_PRIVATE_API void thrum_tls_free(thrum_tls_key key);

/* The caller's own slot. No system call, no lock. A key that is not allocated, or was freed, is
 * misuse. */
THRUM_PRIVATE_API void thrum_tls_set(thrum_tls_key key, void *value);

/* The caller's own slot, NULL until it was set: one bounds check and one load; also for signal
 * handlers. A key that is out of range (a zeroed one) is misuse; whether it was freed is not looked
 * at. */
THRUM_PRIVATE_API THRUM_PRIVATE_NORETURN void thrum_private_tls_bad_key(thrum_tls_key key);

#ifdef THRUM_PRIVATE_INLINE

#if THRUM_PRIVATE_KEY_INDEX != 2 * THRUM_KEY_MAX - 1
#error "thrum_tls_get looks at one bit"
#endif

static inline void *thrum_tls_get(thrum_tls_key key)
{
    const size_t index = key.private_word & THRUM_PRIVATE_KEY_INDEX;
    /* index - 1 < THRUM_KEY_MAX, by the one bit that says so: of index 0 all are set */
    if (!THRUM_PRIVATE_LIKELY(((key.private_word - 1) & THRUM_KEY_MAX) == 0))
        thrum_private_tls_bad_key(key);
    void **slots = (void **)(void *)(thrum_private_block() + THRUM_PRIVATE_SLOTS_AT);
    return __atomic_load_n(&slots[index], __ATOMIC_RELAXED);
}

#else

THRUM_PRIVATE_API void *thrum_tls_get(thrum_tls_key key);

#endif

/* In C a pointer of the wrong type is only a warning, unless it is told otherwise. */
#ifdef __cplusplus
#define THRUM_PRIVATE_STRICT_POINTERS
#else
#define THRUM_PRIVATE_STRICT_POINTERS \
    _Pragma("GCC diagnostic error \"-Wincompatible-pointer-types\"")
#endif

/* A typed key: declared in a header, defined in one file, so that a wrong pointer does not compile
 * (from the declaration on, in the whole file).
 *
 *     THRUM_TLS_DECLARE(struct session, session)            in the header
 *     THRUM_TLS_DEFINE(struct session, session)             in one file
 *     session_alloc(session_close, 0); session_set(s); session_get()->user
 *
 * name_alloc(destroy, flags) answers as thrum_tls_alloc; name_free() frees the key. */
#define THRUM_TLS_DECLARE(type, name)                                         \
    THRUM_PRIVATE_STRICT_POINTERS                                             \
    extern thrum_tls_key name##_key;                                          \
    thrum_status name##_alloc(void (*destroy)(type * value), unsigned flags); \
    void name##_free(void);                                                   \
    __attribute__((unused)) static inline type *name##_get(void)              \
    {                                                                         \
        return (type *)thrum_tls_get(name##_key);                             \
    }                                                                         \
    __attribute__((unused)) static inline void name##_set(type *value)        \
    {                                                                         \
        thrum_tls_set(name##_key, (void *)value);                             \
    }

/* The destructor is called through a function of the type that keys want, because a call through a
 * cast pointer is undefined (and traps where the machine checks it). */
#define THRUM_TLS_DEFINE(type, name)                                                      \
    thrum_tls_key name##_key = THRUM_TLS_KEY_INIT;                                        \
    static void (*name##_private_destroy)(type * value);                                  \
    static void name##_private_call(void *value)                                          \
    {                                                                                     \
        name##_private_destroy((type *)value);                                            \
    }                                                                                     \
    thrum_status name##_alloc(void (*destroy)(type * value), unsigned flags)              \
    {                                                                                     \
        name##_private_destroy = destroy;                                                 \
        return thrum_tls_alloc(&name##_key, destroy ? name##_private_call : NULL, flags); \
    }                                                                                     \
    void name##_free(void)                                                                \
    {                                                                                     \
        thrum_tls_key private_key = name##_key;                                           \
        name##_key.private_word = 0;                                                      \
        thrum_tls_free(private_key);                                                      \
    }

THRUM_PRIVATE_END

#endif
