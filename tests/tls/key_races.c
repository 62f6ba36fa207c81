/* Keys under load: alloc and free against gets, spawns that inherit, ends that destroy. */
#include "../support/thread_system.h"
#include "../test.h"

static uint32_t stop;
static thrum_tls_key steady, steady_inherited;
static char mark;
static uint32_t destroyed;

static void count_destroyed(void *value)
{
    __atomic_fetch_add(&destroyed, value == &mark, __ATOMIC_RELAXED);
}

/* Keys of its own, of every kind, allocated, used and freed again and again. */
static void *churn(void *argument)
{
    uint64_t state = *(uint64_t *)argument;
    uint32_t ghosts = 0;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        thrum_tls_key keys[4];
        for (int i = 0; i < 4; ++i) {
            bool inherit = test_pick(&state, 2) != 0;
            thrum_status status = thrum_tls_alloc(&keys[i], inherit ? NULL : count_destroyed,
                                                  inherit ? THRUM_TLS_INHERIT : 0);
            if (!CHECK_EQ(status, THRUM_OK))
                return NULL;
            ghosts += thrum_tls_get(keys[i]) != NULL;
            thrum_tls_set(keys[i], &state);
        }
        for (int i = 0; i < 4; ++i) {
            ghosts += thrum_tls_get(keys[i]) != &state;
            thrum_tls_free(keys[i]);
        }
    }
    return (void *)(uintptr_t)ghosts;
}

static void *use_steady(void *unused)
{
    (void)unused;
    bool right = thrum_tls_get(steady) == NULL && thrum_tls_get(steady_inherited) == &mark;
    thrum_tls_set(steady, &mark);
    right = right && thrum_tls_get(steady) == &mark;
    return (void *)(uintptr_t)!right;
}

static void *spawn_users(void *argument)
{
    uint32_t rounds = *(uint32_t *)argument;
    uintptr_t wrong = 0;
    thrum_tls_set(steady_inherited, &mark);
    for (uint32_t i = 0; i < rounds; ++i)
        wrong += (uintptr_t)test_join(test_spawn(use_steady, NULL));
    return (void *)wrong;
}

/* Others' keys come and go while threads are born (which copies inherited values) and end (which
 * walks destructors): the steady keys keep what they hold, and every value is destroyed once. */
TEST(key_races_with_birth_and_end, 30)
{
    uint64_t seeds[2] = { test_seed(), test_seed() + 1 };
    uint32_t rounds = test_scale_threads(5000, 50);
    thrum_thread *churners[2], *spawners[2];
    test_note("seed %l", test_seed());
    stop = destroyed = 0;
    CHECK_EQ(thrum_tls_alloc(&steady, count_destroyed, 0), THRUM_OK);
    CHECK_EQ(thrum_tls_alloc(&steady_inherited, NULL, THRUM_TLS_INHERIT), THRUM_OK);
    for (int i = 0; i < 2; ++i)
        churners[i] = test_spawn(churn, &seeds[i]);
    for (int i = 0; i < 2; ++i)
        spawners[i] = test_spawn(spawn_users, &rounds);
    for (int i = 0; i < 2; ++i)
        CHECK_EQ((uintptr_t)test_join(spawners[i]), 0);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 2; ++i)
        CHECK_EQ((uintptr_t)test_join(churners[i]), 0);
    CHECK_EQ(destroyed, 2 * rounds);
    thrum_tls_free(steady);
    thrum_tls_free(steady_inherited);
}

/* --- a key freed while spawns copy its value -------------------------------------------------- */

enum { CHILDREN = 6 };

static thrum_tls_key passing, successor;
static thrum_event settled;
static thrum_barrier go = THRUM_BARRIER_INIT(2);
static uint32_t ghosts;

/* The slot was another key's when this thread was born, or is one's that nobody has set. */
static void *look_when_settled(void *unused)
{
    thrum_event_wait(&settled);
    if (thrum_tls_get(successor) != NULL)
        __atomic_fetch_add(&ghosts, 1, __ATOMIC_RELAXED);
    return unused;
}

static void *spawn_heirs(void *argument)
{
    uint32_t rounds = *(uint32_t *)argument;
    for (uint32_t i = 0; i < rounds; ++i) {
        thrum_thread *children[CHILDREN];
        thrum_barrier_wait(&go); /* there is a new key */
        thrum_tls_set(passing, &mark);
        thrum_barrier_wait(&go); /* it will be freed any moment */
        for (int j = 0; j < CHILDREN; ++j)
            children[j] = test_spawn(look_when_settled, NULL);
        thrum_barrier_wait(&go); /* it is freed */
        for (int j = 0; j < CHILDREN; ++j)
            test_join(children[j]);
        thrum_barrier_wait(&go); /* nobody waits for it to settle any more */
    }
    return NULL;
}

static uint32_t slot_of(thrum_tls_key key)
{
    return key.private_word & THRUM_PRIVATE_KEY_INDEX;
}

/* Allocates until the slot of `wanted` comes round again, and gives the others back. */
static thrum_tls_key allocate_again(thrum_tls_key wanted)
{
    static thrum_tls_key others[THRUM_KEY_MAX];
    thrum_tls_key key = THRUM_TLS_KEY_INIT;
    uint32_t count = 0;
    while (thrum_tls_alloc(&key, NULL, 0) == THRUM_OK && slot_of(key) != slot_of(wanted))
        others[count++] = key;
    CHECK_EQ(slot_of(key), slot_of(wanted));
    while (count > 0)
        thrum_tls_free(others[--count]);
    return key;
}

/* The value that a birth copies just while the key is freed must not be there for the next key. */
TEST(key_races_of_free_and_inheritance, 30)
{
    uint32_t rounds = test_scale(300, 20);
    uint64_t state = test_seed();
    test_note("seed %l", state);
    ghosts = 0;
    thrum_thread *spawner = test_spawn(spawn_heirs, &rounds);
    for (uint32_t i = 0; i < rounds; ++i) {
        CHECK_EQ(thrum_tls_alloc(&passing, NULL, THRUM_TLS_INHERIT), THRUM_OK);
        thrum_event_reset(&settled);
        thrum_barrier_wait(&go);
        thrum_barrier_wait(&go);
        for (uint64_t spins = test_pick(&state, 60000); spins > 0; --spins)
            __asm__ volatile("" ::: "memory");
        thrum_tls_free(passing);
        successor = allocate_again(passing);
        thrum_event_set(&settled);
        thrum_barrier_wait(&go);
        thrum_barrier_wait(&go);
        thrum_tls_free(successor);
    }
    test_join(spawner);
    CHECK_EQ(ghosts, 0);
}
