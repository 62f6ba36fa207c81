/* The auxiliary vector, after the environment. */
#include "../../support/linux/linux.h"
#include "../../support/thread_system.h"
#include "../../test.h"

TEST(start_leaves_the_auxiliary_vector, 5)
{
    enum { PROGRAM_HEADERS = 3, PAGE_SIZE = 6, ENTRY = 9 }; /* which no kernel leaves out */
    extern char _start[];
    uintptr_t page = linux_auxiliary(PAGE_SIZE);
    CHECK(page >= 4096 && (page & (page - 1)) == 0);
    CHECK(linux_auxiliary(PROGRAM_HEADERS) != 0);
    CHECK_EQ(linux_auxiliary(ENTRY), seen_address(_start));
}
