/* The numbers of threads that a fork has left behind are free in the child. */
#include "../../support/thread_system.h"
#include "../../test.h"
#include "os/numbers.h"
#include "os/os.h"

enum { HELD = 5000, ROUND = 1 << 16 };

static uint32_t held[HELD];

static void find_them(void *unused)
{
    static unsigned char seen[ROUND];
    (void)unused;
    for (uint32_t i = 0; i < ROUND; ++i) {
        uint32_t number = thrum_number_take();
        seen[number % ROUND] = 1;
        thrum_number_free(number);
    }
    for (uint32_t i = 0; i < HELD; ++i)
        CHILD_CHECK(seen[held[i] % ROUND]);
}

TEST(numbers_are_free_after_fork, 30)
{
    for (uint32_t i = 0; i < HELD; ++i)
        held[i] = thrum_number_take();
    test_in_child(find_them, NULL, 20000);
    for (uint32_t i = 0; i < HELD; ++i)
        thrum_number_free(held[i]);
}
