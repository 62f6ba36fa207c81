/* Where main's stack is: as the kernel counts it, however large the arguments and the environment are. CTest's
 * suite/environment runs this, and what overflows main, with a large environment. */
#include "../../support/linux/linux.h"
#include "../../support/thread_system.h"
#include "../../test.h"
#include "arch/arch.h"

TEST(main_stack_ends_where_the_kernels_does, 10)
{
    thrum_stack info = { .base = NULL };
    uintptr_t ends[2];
    char name[64];
    if (THRUM_ARCH_STACK_GROWS_UP) {
        test_skip("the arguments lie below such a stack");
        return;
    }
    if (!linux_mapping((uintptr_t)&info, ends, name, sizeof name)) {
        test_skip("no /proc tells where the stack is");
        return;
    }
    CHECK(thrum_stack_info(thrum_self(), &info) == THRUM_OK);
    const uintptr_t end = (uintptr_t)info.base + info.size;
    if (system_emulated()) /* the mapping may be one with its neighbour there */
        CHECK(end > (uintptr_t)&info && end <= ends[1]);
    else
        CHECK_EQ(end, ends[1]);
    CHECK(info.used < info.size);
}
