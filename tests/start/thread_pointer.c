/* The thread pointer: what the ABI wants at it, and thrum_init where it is set already. */
#include "../support/thread_system.h"
#include "../test.h"

static THRUM_THREAD_LOCAL uint32_t variable = 7;

#if defined(__x86_64__)

static void *check_self_pointer(void *unused)
{
    void *self, *address;
    (void)unused;
    __asm__ volatile("mov %%fs:0, %0" : "=r"(self));
    bool right = self == *(void **)self; /* a pointer to itself: AMD64 psABI, TLS variant II */
    right = right && self == __builtin_thread_pointer();
    /* What a compiler does for the address of a variable. */
    __asm__ volatile("mov %%fs:0, %0\n\tlea variable@tpoff(%0), %0" : "=r"(address));
    right = right && address == &variable && (char *)address < (char *)self;
    return (void *)(uintptr_t)right;
}

TEST(start_thread_pointer_points_to_itself, 5)
{
    CHECK(check_self_pointer(NULL) != NULL);
    for (int i = 0; i < 5; ++i)
        CHECK(test_join(test_spawn(check_self_pointer, NULL)) != NULL);
}

#endif

static const uintptr_t *auxiliary_vector(void)
{
    char **end = test_envp;
    while (*end)
        ++end;
    return (const uintptr_t *)(const void *)(end + 1);
}

/* argc lies just below argv, where the stack pointer was at the entry. */
static const void *entry_stack(void)
{
    return test_argv - 1;
}

static void *init_again(void *unused)
{
    (void)unused;
    void *before = __builtin_thread_pointer();
    uint64_t id = thrum_id();
    variable = 8;
    CHECK_EQ(thrum_init(entry_stack()), THRUM_BUSY);
    CHECK_EQ(thrum_init_auxv(auxiliary_vector()), THRUM_BUSY);
    CHECK(__builtin_thread_pointer() == before);
    CHECK_EQ(thrum_id(), id);
    CHECK_EQ(variable, 8); /* nothing was changed */
    variable = 7;
    return NULL;
}

TEST(start_init_again_is_busy, 5)
{
    uint32_t threads = test_thread_count();
    CHECK_EQ(*(const uintptr_t *)entry_stack(), (uintptr_t)test_argc);
    init_again(NULL);
    test_join(test_spawn(init_again, NULL));
    CHECK_EQ(test_thread_count(), threads);
}
