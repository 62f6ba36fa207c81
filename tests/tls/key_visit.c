/* Keys allocated within thrum_each_thread, while another thread allocates and frees: both take the
 * locks of keys and of threads, and neither may wait for the other for ever. */
#include "../support/thread_system.h"
#include "../test.h"

static uint32_t stop;

static void *alloc_and_free(void *unused)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        thrum_tls_key key;
        if (CHECK_EQ(thrum_tls_alloc(&key, NULL, 0), THRUM_OK))
            thrum_tls_free(key);
    }
    return unused;
}

static bool alloc_within(thrum_thread *thread, void *key)
{
    (void)thread;
    CHECK_EQ(thrum_tls_alloc((thrum_tls_key *)key, NULL, 0), THRUM_OK);
    CHECK(thrum_tls_get(*(thrum_tls_key *)key) == NULL);
    thrum_tls_set(*(thrum_tls_key *)key, key);
    return false;
}

TEST(key_alloc_in_a_visit_meets_free, 30)
{
    uint32_t rounds = test_scale(40000, 500);
    thrum_time limit = thrum_after(test_ms(10000));
    stop = 0;
    thrum_thread *other = test_spawn(alloc_and_free, NULL);
    for (uint32_t i = 0; i < rounds && thrum_now() < limit; ++i) {
        thrum_tls_key key = THRUM_TLS_KEY_INIT;
        thrum_each_thread(alloc_within, &key);
        CHECK(thrum_tls_get(key) == &key);
        thrum_tls_free(key);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    test_join(other);
}
