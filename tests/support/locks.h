/* One face for everything that excludes, and checks that hold for all of them: a test file gives a
 * kind, the check does the work. SPDX-License-Identifier: MIT */
#ifndef THRUM_TEST_LOCKS_H
#define THRUM_TEST_LOCKS_H

#include "../test.h"

/* Memory for any one of them, zeroed where a check begins. */
union any_lock {
    thrum_mutex mutex;
    thrum_recursive_mutex recursive;
    thrum_rwlock rwlock;
    thrum_sem sem;
};

struct lock_kind {
    const char *name; /* as the fatal lines call it */
    void (*init)(union any_lock *lock);
    void (*lock)(union any_lock *lock);
    bool (*try_lock)(union any_lock *lock);
    thrum_status (*lock_until)(union any_lock *lock, thrum_time deadline);
    void (*unlock)(union any_lock *lock);
    uint64_t (*holder)(const union any_lock *lock); /* NULL: it does not know */
    bool shared;                                    /* readers: holders do not exclude each other */
    bool recursive;                                 /* the holder may lock again */
};

extern const struct lock_kind lock_mutex, lock_recursive, lock_write, lock_read, lock_sem;

/* How a member of a stress takes the lock. */
enum lock_way { LOCK_PLAIN, LOCK_TRY, LOCK_UNTIL, LOCK_MIXED };

/* Takes the lock by that way, however often it has to be tried. */
void lock_take(const struct lock_kind *kind, union any_lock *lock, enum lock_way way,
               uint64_t *random);

/* --- checks (lock_checks.c, lock_stress.c) ---------------------------------------------------- */

/* `threads` threads in turn change what only the holder may touch, all by `way`. */
void check_exclusion(const struct lock_kind *kind, enum lock_way way, uint32_t threads,
                     uint32_t rounds);
/* Try: true when free, false when another holds it, and for the holder false or one level more. */
void check_try(const struct lock_kind *kind);
/* Deadlines that are over, near, far and never, on a free lock and on a held one. */
void check_deadlines(const struct lock_kind *kind);
/* Who holds it, seen by the holder and by others. */
void check_holder(const struct lock_kind *kind);
/* Waiters that give up when the lock is set free do not take the wake of one that stays. */
void check_no_lost_wake(const struct lock_kind *kind, uint32_t rounds);

/* --- misuse (misuse.c) ------------------------------------------------------------------------ */

/* What a misuse acts on, and who did it. */
struct misuse {
    void *object;
    void *second;
    uint64_t caller; /* set by misuse_begins, in the thread that does it */
};
void misuse_begins(struct misuse *misuse);

/* Runs `act` by test_fatal, and checks the line: "thrum: ", the kind, the object's address, the
 * caller, and the holder if it is not 0. */
void check_misuse(void (*act)(void *misuse), struct misuse *misuse, const char *kind,
                  uint64_t holder);

#endif
