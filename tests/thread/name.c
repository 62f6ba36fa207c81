/* Thread names: own, another's, in the kernel's tools, and names that cannot be. */
#include "../support/thread_system.h"
#include "../test.h"

static const char longest[] = "abcdefghijklmnopqrstuvwxyz01234"; /* 31 bytes */
static const char too_long[] = "abcdefghijklmnopqrstuvwxyz012345";

/* The kernel shows the first 15 bytes, or more; nothing where it does not tell. */
static bool kernel_shows(uint64_t thread_id, const char *name)
{
    char shown[32];
    system_thread_name(thread_id, shown);
    if (!shown[0])
        return system_thread_count() == 0;
    return text_begins(name, shown) && (text_length(shown) >= 15 || text_equal(name, shown));
}

struct pair {
    thrum_event ready, go;
    char name[THRUM_NAME_SIZE];
    bool shown;
};

static void *tell_name(void *argument)
{
    struct pair *pair = argument;
    thrum_get_name(thrum_self(), pair->name);
    pair->shown = kernel_shows(thrum_id(), pair->name);
    thrum_event_set(&pair->ready);
    thrum_event_wait(&pair->go);
    return NULL;
}

static thrum_thread *spawn_named(struct pair *pair, const char *name)
{
    thrum_thread *thread = NULL;
    *pair = (struct pair){ 0 };
    CHECK(thrum_spawn(&thread, tell_name, pair, &(thrum_spawn_options){ .name = name }) ==
          THRUM_OK);
    thrum_event_wait(&pair->ready);
    return thread;
}

TEST(name_given_at_spawn, 5)
{
    static const char *const names[] = { "worker", "x", longest, "fifteen bytes..",
                                         "sixteen bytes..." };
    for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
        struct pair pair;
        char seen[THRUM_NAME_SIZE];
        thrum_thread *thread = spawn_named(&pair, names[i]);
        CHECK(text_equal(pair.name, names[i]));
        CHECK(pair.shown);
        thrum_get_name(thread, seen);
        CHECK(text_equal(seen, names[i]));
        CHECK(kernel_shows(thrum_thread_id(thread), names[i]));
        thrum_event_set(&pair.go);
        test_join(thread);
    }
}

TEST(name_is_copied, 5)
{
    char name[] = "first";
    struct pair pair;
    char seen[THRUM_NAME_SIZE];
    thrum_thread *thread = spawn_named(&pair, name);
    name[0] = 'X';
    thrum_get_name(thread, seen);
    CHECK(text_equal(seen, "first"));
    thrum_event_set(&pair.go);
    test_join(thread);
}

TEST(name_none_is_empty, 5)
{
    struct pair pair;
    thrum_thread *thread = spawn_named(&pair, NULL);
    CHECK(text_equal(pair.name, ""));
    thrum_event_set(&pair.go);
    test_join(thread);
    thread = spawn_named(&pair, "");
    CHECK(text_equal(pair.name, ""));
    thrum_event_set(&pair.go);
    test_join(thread);
}

/* A mapping of an ended, named thread is used again. */
TEST(name_is_not_inherited_by_a_reused_stack, 5)
{
    for (int i = 0; i < 10; ++i) {
        struct pair pair;
        thrum_thread *thread = spawn_named(&pair, "leftover");
        thrum_event_set(&pair.go);
        test_join(thread);
        thread = spawn_named(&pair, NULL);
        CHECK(text_equal(pair.name, ""));
        thrum_event_set(&pair.go);
        test_join(thread);
    }
}

static void *rename_self(void *unused)
{
    char seen[THRUM_NAME_SIZE];
    (void)unused;
    CHECK_EQ(thrum_set_name(thrum_self(), "new name"), THRUM_OK);
    thrum_get_name(thrum_self(), seen);
    CHECK(text_equal(seen, "new name"));
    CHECK(kernel_shows(thrum_id(), "new name"));
    CHECK_EQ(thrum_set_name(thrum_self(), longest), THRUM_OK);
    thrum_get_name(thrum_self(), seen);
    CHECK(text_equal(seen, longest));
    CHECK_EQ(thrum_set_name(thrum_self(), too_long), THRUM_INVALID);
    thrum_get_name(thrum_self(), seen);
    CHECK(text_equal(seen, longest));
    CHECK_EQ(thrum_set_name(thrum_self(), ""), THRUM_OK);
    thrum_get_name(thrum_self(), seen);
    CHECK(text_equal(seen, ""));
    return NULL;
}

TEST(name_set_by_oneself, 5)
{
    test_join(test_spawn(rename_self, NULL));
}

TEST(name_set_by_another, 5)
{
    struct pair pair;
    char seen[THRUM_NAME_SIZE];
    thrum_thread *thread = spawn_named(&pair, "before");
    thrum_status status = thrum_set_name(thread, "after");
    CHECK(status == THRUM_OK || (system_thread_count() == 0 && status == THRUM_UNSUPPORTED));
    thrum_get_name(thread, seen);
    CHECK(text_equal(seen, "after"));
    CHECK(kernel_shows(thrum_thread_id(thread), "after"));
    CHECK_EQ(thrum_set_name(thread, too_long), THRUM_INVALID);
    thrum_get_name(thread, seen);
    CHECK(text_equal(seen, "after"));
    thrum_event_set(&pair.go);
    test_join(thread);
}

TEST(name_of_main, 5)
{
    char before[THRUM_NAME_SIZE], shown[32], seen[THRUM_NAME_SIZE];
    thrum_get_name(thrum_self(), before);
    system_thread_name(thrum_id(), shown);
    CHECK_EQ(thrum_set_name(thrum_self(), "chief"), THRUM_OK);
    thrum_get_name(thrum_self(), seen);
    CHECK(text_equal(seen, "chief"));
    CHECK(kernel_shows(thrum_id(), "chief"));
    CHECK_EQ(thrum_set_name(thrum_self(), shown), THRUM_OK); /* as ps knew it */
    thrum_set_name(thrum_self(), before[0] ? before : shown);
}

static uint32_t stop_renaming;

static void *rename_for_ever(void *argument)
{
    static const char *const names[] = { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbb", "" };
    for (uint32_t i = 0; !__atomic_load_n(&stop_renaming, __ATOMIC_RELAXED); ++i)
        thrum_set_name(argument, names[i % 3]);
    return NULL;
}

/* Readers never see a torn name. */
TEST(name_read_while_set, 5)
{
    struct pair pair;
    thrum_thread *thread = spawn_named(&pair, "bbbb");
    stop_renaming = 0;
    thrum_thread *writer = test_spawn(rename_for_ever, thread);
    uint32_t rounds = test_scale(20000, 500);
    for (uint32_t i = 0; i < rounds; ++i) {
        char seen[THRUM_NAME_SIZE];
        thrum_get_name(thread, seen);
        if (!CHECK(text_equal(seen, "bbbb") || text_equal(seen, "") ||
                   text_equal(seen, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")))
            break;
    }
    __atomic_store_n(&stop_renaming, 1, __ATOMIC_RELAXED);
    test_join(writer);
    thrum_event_set(&pair.go);
    test_join(thread);
}
