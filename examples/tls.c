/* tls: a hundred threads, a hundred keys, random values; every thread sees its own, and no other's.
 * SPDX-License-Identifier: MIT
 *
 * Built freestanding and static from this file and support/ (all .c files of it).
 *
 * The exercise is that of the Myrddin language's thread library, with three things more: each
 * thread has __thread variables beside its keys, the threads meet at a barrier between writing and
 * reading, so that all values are there at once, and every value goes through a destructor at the
 * end. */
#include <thrum.h>

#include "support/support.h"

enum { THREADS = 100, KEYS = 100, ROUNDS = 10 };

static const char usage[] = "usage: tls [SEED]\n";

static thrum_tls_key keys[KEYS];
static thrum_tls_key inherited;
static thrum_barrier barrier = THRUM_BARRIER_INIT(THREADS);

/* Initialised, zeroed, and aligned: the three kinds there are. */
static THRUM_THREAD_LOCAL uint64_t started_as = 0x1234567890abcdef;
static THRUM_THREAD_LOCAL uint64_t values[KEYS];
static THRUM_THREAD_LOCAL _Alignas(64) char aligned[64];

/* What all threads found, counted with atomics: words, because not every CPU has larger ones. */
static size_t reads, wrong, destroyed;

struct member {
    thrum_thread *thread;
    unsigned number;
    uint64_t seed;
};

static void check(bool held, const struct member *member, const char *what)
{
    __atomic_add_fetch(&reads, 1, __ATOMIC_RELAXED);
    if (held)
        return;
    if (__atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED) <= 10)
        print(PRINT_ERROR, "tls: thread %u: %s\n", member->number, what);
}

/* xorshift64* (Marsaglia 2003, Vigna 2016), for values; never 0. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

/* A value of a key is a pointer; here it points to nothing and is only compared. Never NULL. */
static void *as_value(uint64_t number)
{
    return (void *)((uintptr_t)number | 1);
}

static void count_destroyed(void *value)
{
    (void)value;
    __atomic_add_fetch(&destroyed, 1, __ATOMIC_RELAXED);
}

/* One round: random values into all keys and variables, then a look at all of them. */
static void one_round(struct member *member, uint64_t *random)
{
    for (unsigned key = 0; key < KEYS; key++) {
        values[key] = next_random(random);
        thrum_tls_set(keys[key], as_value(values[key]));
    }
    aligned[0] = (char)member->number;
    thrum_barrier_wait(&barrier); /* all have written: 10,000 values live now */
    for (unsigned key = 0; key < KEYS; key++)
        check(thrum_tls_get(keys[key]) == as_value(values[key]), member,
              "a key has a foreign value");
    check(aligned[0] == (char)member->number, member, "a __thread variable has a foreign value");
    thrum_barrier_wait(&barrier); /* all have read: the next round may write */
}

static void *run(void *argument)
{
    struct member *member = argument;
    uint64_t random = member->seed;
    check(started_as == 0x1234567890abcdef, member, "an initialised __thread variable differs");
    check(((uintptr_t)aligned & 63) == 0, member, "a __thread variable is not aligned");
    check(thrum_tls_get(inherited) == &inherited, member, "the inherited key was not inherited");
    for (unsigned key = 0; key < KEYS; key++) {
        check(thrum_tls_get(keys[key]) == NULL, member, "a key was not NULL at first");
        check(values[key] == 0, member, "a zeroed __thread variable was not zero at first");
    }
    started_as = random;
    for (unsigned round = 0; round < ROUNDS; round++)
        one_round(member, &random);
    check(started_as == member->seed, member, "a __thread variable changed");
    return NULL;
}

static bool make_keys(void)
{
    thrum_status status = thrum_tls_alloc(&inherited, NULL, THRUM_TLS_INHERIT);
    for (unsigned key = 0; key < KEYS && status == THRUM_OK; key++)
        status = thrum_tls_alloc(&keys[key], count_destroyed, 0);
    if (status != THRUM_OK)
        print(PRINT_ERROR, "tls: no key: %s\n", thrum_status_text(status));
    return status == THRUM_OK;
}

int main(int argc, char **argv)
{
    static struct member members[THREADS];
    uint64_t seed;
    random_bytes(&seed, sizeof seed);
    seed >>= 32; /* short enough to be typed again */
    if (argc > 2 || (argc == 2 && !text_number(argv[1], UINT32_MAX, &seed))) {
        print(PRINT_ERROR, "%s", usage);
        return 2;
    }
    if (!make_keys())
        return 1;
    thrum_tls_set(inherited, &inherited);
    print(PRINT_OUT, "%d threads, %d keys each, %d rounds, seed %llu\n", THREADS, KEYS, ROUNDS,
          (unsigned long long)seed);

    uint64_t random = seed + 1;
    for (unsigned i = 0; i < THREADS; i++) {
        members[i] = (struct member){ .number = i, .seed = next_random(&random) };
        thrum_status status = thrum_spawn(&members[i].thread, run, &members[i], NULL);
        if (status != THRUM_OK) {
            print(PRINT_ERROR, "tls: no thread %u: %s\n", i, thrum_status_text(status));
            return 1; /* returning from main ends those that wait at the barrier, too */
        }
    }
    for (unsigned i = 0; i < THREADS; i++)
        thrum_join(members[i].thread, NULL);

    struct member self = { .number = THREADS };
    for (unsigned key = 0; key < KEYS; key++)
        check(thrum_tls_get(keys[key]) == NULL, &self, "main sees another thread's value");
    bool good = wrong == 0 && destroyed == THREADS * KEYS;
    print(PRINT_OUT, "%zu looks, %zu wrong\n", reads, wrong);
    print(PRINT_OUT, "%zu of %d values went through their destructor\n", destroyed, THREADS * KEYS);
    print(PRINT_OUT, "%s\n", good ? "every thread saw its own" : "FAILED");
    return good ? 0 : 1;
}
