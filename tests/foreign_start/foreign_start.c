/* Own program (not in `suite`; static, not PIE; linked without thrum's start file): what `_start`
 * calls is its own, which calls thrum_init, then runs the test frame. Its own memcpy must win over
 * the library's weak one. Compiled without stack protector, as thrum_init asks of its callers
 * (field.md 3.3, 41). */
#include "../support/thread_system.h"
#include "../test.h"
#include "arch/arch.h"

__asm__(THRUM_ARCH_ENTRY);
_Noreturn void thrum_start_main(const uintptr_t *stack); /* the library's is not linked then */

int main(int argc, char **argv, char **envp); /* the frame's */

typedef void constructor(int argc, char **argv, char **envp);
extern constructor *const __init_array_start[] __attribute__((visibility("hidden")));
extern constructor *const __init_array_end[] __attribute__((visibility("hidden")));

static THRUM_THREAD_LOCAL uint64_t initialised = 0x1234567;
static THRUM_THREAD_LOCAL _Alignas(64) unsigned char zeroed[100];

static thrum_status without_headers, first, second, third;
static bool right_at_once;
static uint32_t constructors;

__attribute__((used)) _Noreturn void thrum_start_main(const uintptr_t *stack)
{
    static const uintptr_t no_headers[] = { 6 /* AT_PAGESZ */, 4096, 0, 0 };
    int argc = (int)stack[0];
    char **argv = (char **)(uintptr_t)(stack + 1), **envp = argv + argc + 1;
    char **end = envp;
    while (*end)
        ++end;
    without_headers = thrum_init_auxv(no_headers);
    first = thrum_init(stack);
    if (first != THRUM_OK)
        system_exit(120);
    right_at_once = initialised == 0x1234567 && zeroed[99] == 0 && thrum_self() != NULL &&
                    thrum_id() == system_thread_id();
    second = thrum_init(stack);
    third = thrum_init_auxv((const uintptr_t *)(const void *)(end + 1));
    for (constructor *const *at = __init_array_start; at < __init_array_end; ++at)
        (*at)(argc, argv, envp);
    system_exit(main(argc, argv, envp));
}

__attribute__((constructor)) static void count_constructor(void)
{
    ++constructors;
}

TEST(foreign_start_init, 5)
{
    CHECK_EQ(without_headers, THRUM_INVALID);
    CHECK_EQ(first, THRUM_OK);
    CHECK_EQ(second, THRUM_BUSY);
    CHECK_EQ(third, THRUM_BUSY);
    CHECK(right_at_once);
    CHECK_EQ(constructors, 1);
}

static void *check_variables(void *argument)
{
    bool right = initialised == 0x1234567 && seen_address(zeroed) % 64 == 0;
    for (size_t i = 0; i < sizeof zeroed; ++i)
        right = right && zeroed[i] == 0;
    initialised = 1;
    zeroed[50] = 1;
    return right ? argument : NULL;
}

TEST(foreign_start_threads, 10)
{
    for (int i = 0; i < 100; ++i)
        CHECK(test_join(test_spawn(check_variables, zeroed)) == zeroed);
    CHECK_EQ(initialised, 0x1234567);
}

static thrum_tls_key key;
static thrum_mutex mutex;
static uint32_t counter;

static void *count_under_lock(void *rounds)
{
    thrum_tls_set(key, rounds);
    for (uint32_t i = 0; i < *(uint32_t *)rounds; ++i) {
        thrum_mutex_lock(&mutex);
        counter = *(volatile uint32_t *)&counter + 1;
        thrum_mutex_unlock(&mutex);
    }
    return thrum_tls_get(key);
}

TEST(foreign_start_keys_and_locks, 10)
{
    uint32_t rounds = test_scale(20000, 100);
    thrum_thread *threads[4];
    CHECK_EQ(thrum_tls_alloc(&key, NULL, 0), THRUM_OK);
    for (int i = 0; i < 4; ++i)
        threads[i] = test_spawn(count_under_lock, &rounds);
    for (int i = 0; i < 4; ++i)
        CHECK(test_join(threads[i]) == &rounds);
    CHECK_EQ(counter, 4 * rounds);
    thrum_tls_free(key);
}

TEST(foreign_start_stack_info, 5)
{
    thrum_stack info;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    CHECK(thrum_stack_info(thrum_self(), &info) == THRUM_OK || !system_tells_resident_pages());
    CHECK(here > (uintptr_t)info.base && here < (uintptr_t)info.base + info.size);
}

/* --- the program's own memcpy ----------------------------------------------------------------- */

static uint32_t own_copies;

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int byte, size_t size);

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    volatile unsigned char *target = to;
    const volatile unsigned char *source = from;
    __atomic_fetch_add(&own_copies, 1, __ATOMIC_RELAXED);
    for (size_t i = 0; i < size; ++i)
        target[i] = source[i];
    return to;
}

TEST(foreign_start_own_memcpy_wins, 5)
{
    static void *(*volatile copy)(void *restrict, const void *restrict, size_t) = memcpy;
    static void *(*volatile fill)(void *, int, size_t) = memset; /* the library's */
    char from[8] = "seven..", to[8];
    uint32_t before = own_copies;
    fill(to, 0, sizeof to);
    copy(to, from, sizeof to);
    CHECK_EQ(own_copies, before + 1);
    CHECK(text_equal(to, "seven.."));
}

static void exit_in_main(void *unused)
{
    (void)unused;
    thrum_exit(NULL);
}

TEST(foreign_start_exit_of_main, 5)
{
    if (CHECK(system_run(exit_in_main, NULL, 3000, test_child())))
        CHECK_EQ(test_child()->exit_status, 0);
}
