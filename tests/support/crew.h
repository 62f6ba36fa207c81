/* Threads that do something together, and how a test knows where they are. Nothing here sleeps on
 * what is being tested: it yields. SPDX-License-Identifier: MIT */
#ifndef THRUM_TEST_CREW_H
#define THRUM_TEST_CREW_H

#include "../test.h"

enum { CREW_MAX = 128 };

struct member {
    uint32_t index, count; /* of all `count` */
    uint64_t random;       /* a state for test_random, from the run's seed and the index */
    void *shared;
    uint32_t id; /* thread id, published before `run` */
    void (*run)(struct member *member);
    const uint32_t *gate;
    thrum_thread *thread;
};

/* Runs `run` in `count` threads, which begin together, and waits until all have ended. */
void crew_run(uint32_t count, void (*run)(struct member *member), void *shared);

/* The same in two steps, with the members in the caller's memory; each is let go at once. */
void crew_start(struct member *members, uint32_t count, void (*run)(struct member *member),
                void *shared);
void crew_join(struct member *members, uint32_t count);

/* All of `size` threads meet here, round after round. */
struct rally {
    uint32_t size, arrived, round;
};
void rally_meet(struct rally *rally);

/* A word that is waited for by looking again and again. */
void flag_set(uint32_t *flag, uint32_t value);
uint32_t flag_get(const uint32_t *flag);
void flag_add(uint32_t *flag, uint32_t value);
void flag_await(const uint32_t *flag, uint32_t value); /* until it is that */
/* Until it is at least that, or test_late(limit). */
bool flag_await_until(const uint32_t *flag, uint32_t least, thrum_time limit);

/* Returns when the thread is asleep in the kernel (it must be past its last sleep elsewhere). */
void until_asleep(uint64_t thread_id);
/* When the member has published its id, and sleeps. */
void until_member_asleep(const struct member *member);

void sleep_ms(uint32_t milliseconds); /* scaled as test_ms */
/* Burns so many rounds of a loop that the compiler leaves alone. */
void burn(uint32_t rounds);

#endif
