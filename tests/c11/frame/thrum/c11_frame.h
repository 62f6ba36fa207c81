/* The frame of tests/c11 where thrum's <threads.h> is tested: that of all tests. */
#include "../../../test.h"
