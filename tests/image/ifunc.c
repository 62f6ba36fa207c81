/* Functions that a resolver chooses before main (STT_GNU_IFUNC): it runs when thread-local
 * variables and the stack protector's canary are there already. */
#include "../test.h"

static THRUM_THREAD_LOCAL volatile uint32_t chosen = 41;
static THRUM_THREAD_LOCAL volatile uint32_t zero;

static uint32_t give_right(uint32_t more)
{
    return 1000 + more;
}

static uint32_t give_wrong(uint32_t more)
{
    return 2000 + more;
}

/* With an array, so that it is checked where the compiler protects stacks. */
__attribute__((used)) static uint32_t (*resolve(void))(uint32_t more)
{
    volatile unsigned char bytes[32];
    for (unsigned i = 0; i < sizeof bytes; ++i)
        bytes[i] = (unsigned char)(i + zero);
    return chosen == 41 && bytes[3] == 3 ? give_right : give_wrong;
}

static uint32_t image_ifunc(uint32_t more) __attribute__((ifunc("resolve")));

static uint32_t (*volatile by_pointer)(uint32_t more) = image_ifunc;

TEST(ifunc_called_by_name, 5)
{
    CHECK_EQ(image_ifunc(1), 1001);
}

extern const char __ehdr_start __attribute__((visibility("hidden")));

TEST(ifunc_called_by_pointer, 5)
{
    if ((uintptr_t)by_pointer < (uintptr_t)&__ehdr_start) {
        test_skip("the linker has left out the pointer's relocation"); /* s390x, static-PIE */
        return;
    }
    CHECK_EQ(by_pointer(2), 1002);
}

static void *call_ifunc(void *unused)
{
    (void)unused;
    chosen = 7; /* too late to choose again */
    return (void *)(uintptr_t)(image_ifunc(3) + by_pointer(4));
}

TEST(ifunc_called_in_a_thread, 5)
{
    if ((uintptr_t)by_pointer < (uintptr_t)&__ehdr_start) {
        test_skip("the linker has left out the pointer's relocation");
        return;
    }
    CHECK_EQ((uintptr_t)test_join(test_spawn(call_ifunc, NULL)), 2007);
}
