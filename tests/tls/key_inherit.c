/* Inheritable keys: the spawner's value at the spawn, a copy of the pointer, no destructor. */
#include "../support/thread_system.h"
#include "../test.h"

static thrum_tls_key inherited, own;
static char values[8];

static void destroy(void *value)
{
    (void)value;
}

TEST(inherit_with_a_destructor_is_invalid, 5)
{
    inherited.private_word = 9;
    CHECK_EQ(thrum_tls_alloc(&inherited, destroy, THRUM_TLS_INHERIT), THRUM_INVALID);
    CHECK_EQ(inherited.private_word, 0);
}

static void *look(void *unused)
{
    (void)unused;
    return thrum_tls_get(own) == NULL ? thrum_tls_get(inherited) : NULL;
}

static void *change(void *value)
{
    thrum_tls_set(inherited, value);
    return test_join(test_spawn(look, NULL));
}

TEST(inherit_starts_with_the_spawners_value, 5)
{
    CHECK_EQ(thrum_tls_alloc(&inherited, NULL, THRUM_TLS_INHERIT), THRUM_OK);
    CHECK_EQ(thrum_tls_alloc(&own, NULL, 0), THRUM_OK);
    thrum_tls_set(own, &values[7]);
    CHECK(test_join(test_spawn(look, NULL)) == NULL);
    thrum_tls_set(inherited, &values[1]);
    CHECK(test_join(test_spawn(look, NULL)) == &values[1]);
    CHECK(test_join(test_spawn(change, &values[2])) == &values[2]); /* its child has its value */
    CHECK(thrum_tls_get(inherited) == &values[1]);                  /* not the spawner's */
    CHECK(test_join(test_spawn(look, NULL)) == &values[1]);
    thrum_tls_set(inherited, NULL);
    CHECK(test_join(test_spawn(look, NULL)) == NULL);
    thrum_tls_free(inherited);
    thrum_tls_free(own);
}

static thrum_event go;

static void *look_later(void *unused)
{
    (void)unused;
    thrum_event_wait(&go);
    return thrum_tls_get(inherited);
}

/* The value at the moment of the spawn, whatever the spawner sets later. */
TEST(inherit_is_at_the_spawn, 5)
{
    CHECK_EQ(thrum_tls_alloc(&inherited, NULL, THRUM_TLS_INHERIT), THRUM_OK);
    thrum_event_reset(&go);
    thrum_tls_set(inherited, &values[1]);
    thrum_thread *thread = test_spawn(look_later, NULL);
    thrum_tls_set(inherited, &values[2]);
    thrum_event_set(&go);
    CHECK(test_join(thread) == &values[1]);
    thrum_tls_free(inherited);
}

/* Free scrubs it in threads that inherited it; a key in its place inherits nothing old. */
static thrum_event freed, looked;
static thrum_tls_key successor;

static void *look_after_free(void *unused)
{
    thrum_event_set(&looked);
    thrum_event_wait(&freed);
    (void)unused;
    return thrum_tls_get(successor);
}

TEST(inherit_freed_leaves_no_ghost, 5)
{
    for (int round = 0; round < 50; ++round) {
        thrum_event_reset(&freed);
        thrum_event_reset(&looked);
        CHECK_EQ(thrum_tls_alloc(&inherited, NULL, THRUM_TLS_INHERIT), THRUM_OK);
        thrum_tls_set(inherited, &values[3]);
        thrum_thread *thread = test_spawn(look_after_free, NULL);
        thrum_event_wait(&looked);
        thrum_tls_free(inherited);
        CHECK_EQ(thrum_tls_alloc(&successor, NULL, round % 2 ? THRUM_TLS_INHERIT : 0), THRUM_OK);
        thrum_event_set(&freed);
        CHECK(test_join(thread) == NULL);
        CHECK(test_join(test_spawn(look_after_free, NULL)) == NULL);
        thrum_tls_free(successor);
    }
}

/* A plain key in the place of an inheritable one is not inherited. */
static void *look_successor(void *unused)
{
    (void)unused;
    return thrum_tls_get(successor);
}

TEST(inherit_flag_goes_with_the_key, 5)
{
    CHECK_EQ(thrum_tls_alloc(&inherited, NULL, THRUM_TLS_INHERIT), THRUM_OK);
    thrum_tls_free(inherited);
    CHECK_EQ(thrum_tls_alloc(&successor, NULL, 0), THRUM_OK);
    thrum_tls_set(successor, &values[4]);
    CHECK(test_join(test_spawn(look_successor, NULL)) == NULL);
    thrum_tls_free(successor);
}

enum { MANY = 300 };
static thrum_tls_key many[MANY];

static void *look_at_many(void *unused)
{
    uint32_t wrong = 0;
    (void)unused;
    for (uintptr_t i = 0; i < MANY; ++i)
        wrong += thrum_tls_get(many[i]) != (i % 3 ? NULL : (void *)(i + 1));
    return (void *)(uintptr_t)wrong;
}

TEST(inherit_many_among_plain_ones, 5)
{
    for (uintptr_t i = 0; i < MANY; ++i) {
        CHECK_EQ(thrum_tls_alloc(&many[i], NULL, i % 3 ? 0 : THRUM_TLS_INHERIT), THRUM_OK);
        thrum_tls_set(many[i], (void *)(i + 1));
    }
    for (int i = 0; i < 5; ++i)
        CHECK_EQ((uintptr_t)test_join(test_spawn(look_at_many, NULL)), 0);
    for (int i = 0; i < MANY; ++i)
        thrum_tls_free(many[i]);
}

/* A detached thread, and one on a mapping that was used before. */
static void *note_value(void *place)
{
    *(void **)place = thrum_tls_get(inherited);
    thrum_event_set(&looked);
    return NULL;
}

TEST(inherit_by_detached_threads, 5)
{
    thrum_spawn_options detached = { .detached = true };
    static void *seen;
    CHECK_EQ(thrum_tls_alloc(&inherited, NULL, THRUM_TLS_INHERIT), THRUM_OK);
    for (int i = 0; i < 100; ++i) {
        thrum_event_reset(&looked);
        thrum_tls_set(inherited, &values[i % 8]);
        CHECK(thrum_spawn(NULL, note_value, &seen, &detached) == THRUM_OK);
        thrum_event_wait(&looked);
        CHECK(seen == &values[i % 8]);
    }
    thrum_tls_free(inherited);
}
