/* The auxiliary vector, after the environment. */
#include "../../support/linux/linux.h"
#include "../../test.h"

TEST(start_leaves_the_auxiliary_vector, 5)
{
    enum { PROGRAM_HEADERS = 3, PAGE_SIZE = 6, RANDOM = 25 };
    uintptr_t page = linux_auxiliary(PAGE_SIZE);
    CHECK(page >= 4096 && (page & (page - 1)) == 0);
    CHECK(linux_auxiliary(PROGRAM_HEADERS) != 0);
    CHECK(linux_auxiliary(RANDOM) != 0);
}
