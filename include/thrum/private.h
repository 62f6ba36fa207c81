/* What the other headers share and a program does not call: attributes, and under
 * THRUM_FREESTANDING the few words of a thread's control block that inline paths read.
 * SPDX-License-Identifier: MIT */
#ifndef THRUM_PRIVATE_H
#define THRUM_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In an initialiser: C++ takes no variable of another type for a word. */
#ifdef __cplusplus
#define THRUM_PRIVATE_WORD(n) static_cast<uint32_t>(n)
#else
#define THRUM_PRIVATE_WORD(n) ((uint32_t)(n))
#endif

#ifdef __cplusplus
#define THRUM_PRIVATE_BEGIN extern "C" {
#define THRUM_PRIVATE_END }
#define THRUM_PRIVATE_NORETURN __attribute__((noreturn))
#else
#define THRUM_PRIVATE_BEGIN
#define THRUM_PRIVATE_END
#define THRUM_PRIVATE_NORETURN _Noreturn
#endif

/* Where a shared library's functions have to be said to be such (Windows): thrum.dll is compiled with
 * the first, and what links with it may be with the second. */
#if defined(THRUM_PRIVATE_API_EXPORTED)
#define THRUM_PRIVATE_API __declspec(dllexport)
#elif defined(THRUM_PRIVATE_API_IMPORTED)
#define THRUM_PRIVATE_API __declspec(dllimport)
#else
#define THRUM_PRIVATE_API __attribute__((visibility("default")))
#endif
#define THRUM_PRIVATE_MUST_CHECK __attribute__((warn_unused_result))
#define THRUM_PRIVATE_LIKELY(condition) __builtin_expect(!!(condition), 1)

/* A word that threads sleep on: the kernel wants it at a multiple of 4, and compilers for m68k put
 * an integer of 4 bytes at multiples of 2. */
typedef uint32_t thrum_private_word __attribute__((aligned(4)));

/* Distances from the control block, asserted in src/thread/block.h. */
#define THRUM_PRIVATE_LOCK_ID_AT (2 * sizeof(void *))
#define THRUM_PRIVATE_HANDLE_AT (2 * sizeof(void *) + 8)
#define THRUM_PRIVATE_SLOTS_AT 512

/* What inline paths call carries the layout that they know in its name, so that they do not link with a
 * library of another one. src/thread/self_register.h says when the number is
 * to be counted on. */
#ifdef THRUM_FREESTANDING
#define THRUM_PRIVATE_TAGGED(name) name##_f1
#else
#define THRUM_PRIVATE_TAGGED(name) name##_h1
#endif
#define thrum_private_threaded THRUM_PRIVATE_TAGGED(thrum_private_threaded)
#define thrum_private_mutex_lock_slow THRUM_PRIVATE_TAGGED(thrum_private_mutex_lock_slow)
#define thrum_private_mutex_unlock_slow THRUM_PRIVATE_TAGGED(thrum_private_mutex_unlock_slow)
#define thrum_private_once_slow THRUM_PRIVATE_TAGGED(thrum_private_once_slow)
#define thrum_private_tls_bad_key THRUM_PRIVATE_TAGGED(thrum_private_tls_bad_key)

#ifdef THRUM_FREESTANDING
/* Inline paths need to know where the control block is from __builtin_thread_pointer(): the package
 * files say it, for each CPU whose compilers have that builtin. The library itself is built without
 * them: its archive holds every public function, for languages that do not read C headers. */
#if defined(THRUM_PRIVATE_BLOCK_AT) && !defined(THRUM_PRIVATE_BUILD)
#define THRUM_PRIVATE_INLINE 1
#endif

THRUM_PRIVATE_BEGIN

/* 0 until the first thread is spawned, never 0 again: while it is, no lock needs an atomic
 * instruction (handlers may not lock, see the table of signal handlers in the README). */
THRUM_PRIVATE_API extern uint32_t thrum_private_threaded;

#ifdef THRUM_PRIVATE_INLINE

static inline char *thrum_private_block(void)
{
    return (char *)__builtin_thread_pointer() + (THRUM_PRIVATE_BLOCK_AT);
}

/* The calling thread's lock id: what a lock word holds while this thread owns it. */
static inline uint32_t thrum_private_lock_id(void)
{
    return *(const uint32_t *)(const void *)(thrum_private_block() + THRUM_PRIVATE_LOCK_ID_AT);
}

#endif

THRUM_PRIVATE_END
#endif

#endif
