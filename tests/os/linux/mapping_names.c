/* Names of stacks in /proc/PID/maps: what is asked of a simulated kernel that knows them, does not, or has no
 * memory just now; and what this one shows, if it knows them. */
#include "../../support/linux/linux.h"
#include "../../support/thread_system.h"
#include "../../test.h"
#include "os/linux/linux.h"

static struct {
    long answer, address, size;
    const char *name;
    unsigned asked;
} kernel;

static long simulated_call(long number, long a, long b, long c, long d, long e, long f)
{
    (void)b, (void)f;
    if (number != THRUM_LINUX_PRCTL)
        return 0;
    CHECK_EQ(a, 0x53564d41); /* PR_SET_VMA */
    kernel.asked++;
    kernel.address = c;
    kernel.size = d;
    kernel.name = (const char *)e;
    return kernel.answer;
}

/* The library's own once more, above that kernel. */
#define thrum_linux_call simulated_call
#define thrum_os_guard simulated_guard
#define thrum_os_stack_mapped simulated_stack_mapped
#define thrum_os_refresh simulated_refresh
#include "os/linux/pages.c"
#undef thrum_linux_call

static void map_two(unsigned asked)
{
    static char stacks[2][64];
    kernel.asked = 0;
    for (int i = 0; i < 2; ++i)
        simulated_stack_mapped(stacks[i], sizeof stacks[i]);
    CHECK_EQ(kernel.asked, asked);
}

static bool same(const char *a, const char *b)
{
    while (*a && *a == *b)
        ++a, ++b;
    return *a == *b;
}

TEST(stack_names_are_asked_for_until_the_kernel_knows_none, 5)
{
    kernel.answer = 0;
    map_two(2);
    CHECK(same(kernel.name, "thrum stacks"));
    CHECK_EQ(kernel.size, 64);
    kernel.answer = -THRUM_LINUX_ENOMEM;
    map_two(2);
    kernel.answer = -THRUM_LINUX_EINVAL;
    map_two(1);
    map_two(0);
}

/* --- this kernel ------------------------------------------------------------------------------ */

static void *where(void *argument)
{
    *(uintptr_t *)argument = (uintptr_t)&argument;
    return NULL;
}

static void *wait_for(void *event)
{
    thrum_event_wait(event);
    return event;
}

TEST(stack_names_are_in_the_list_of_mappings, 10)
{
    uintptr_t stack = 0, ends[2];
    char name[64] = "";
    void *page = thrum_os_map(thrum_os_page_size());
    CHECK(page != NULL);
    long known = thrum_linux_call(THRUM_LINUX_PRCTL, PR_SET_VMA, PR_SET_VMA_ANON_NAME, (long)page,
                                  (long)thrum_os_page_size(), (long)"thrum stacks", 0);
    if (!linux_mapping((uintptr_t)page, ends, name, sizeof name) || known != 0 || name[0] == 0) {
        test_skip("this kernel names no mappings (CONFIG_ANON_VMA_NAME), or has no /proc");
        return;
    }
    thrum_thread *thread;
    CHECK(thrum_spawn(&thread, where, &stack, &(thrum_spawn_options){ .stack_size = 333333 }) ==
          THRUM_OK);
    CHECK(linux_mapping(stack, ends, name, sizeof name)); /* its mapping is kept */
    thrum_join(thread, NULL);
    CHECK(linux_mapping(stack, ends, name, sizeof name));
    CHECK(same(name, "[anon:thrum stacks]"));
}

/* Where a guard is no mapping of its own, the stacks of many threads are few mappings: the limit on mappings
 * is not one on threads. */
TEST(stack_names_leave_neighbours_one_mapping, 10)
{
    enum { THREADS = 32, GUARD_INSTALL = 102 };
    thrum_thread *threads[THREADS];
    thrum_event leave = THRUM_EVENT_INIT;
    void *page = thrum_os_map(thrum_os_page_size());
    if (!advice_is_real(page) ||
        thrum_linux_call3(THRUM_LINUX_MADVISE, page, thrum_os_page_size(), GUARD_INSTALL) != 0 ||
        system_mapping_count() == 0) {
        test_skip("this kernel's guards are mappings of their own, or there is no /proc");
        return;
    }
    size_t before = system_mapping_count();
    for (uint32_t i = 0; i < THREADS; ++i)
        CHECK(thrum_spawn(&threads[i], wait_for, &leave,
                          &(thrum_spawn_options){ .stack_size = 444444 }) == THRUM_OK);
    size_t with = system_mapping_count();
    thrum_event_set(&leave);
    for (uint32_t i = 0; i < THREADS; ++i)
        thrum_join(threads[i], NULL);
    test_note("%u threads: mappings %l -> %l", (uint32_t)THREADS, (uint64_t)before, (uint64_t)with);
    CHECK(with < before + THREADS / 2);
}
