/* A program whose image needs a mapping: each call of its start refused, alone and in pairs. It ends
 * with one clear line, or starts as if nothing had been. */
#include "../../support/linux/refusals.h"

static THRUM_THREAD_LOCAL volatile unsigned char large[1 << 20] = { 1 };

/* The program itself, which only lists its tests. */
static char list[] = "--list";
static char *arguments[] = { NULL, list, NULL };

static const struct refusal_scenario start = {
    .name = "start, image of 1 MiB",
    .argv = arguments,
    .either = "e",
    .promises = { { "openat", "......", 0, 0 },
                  { "mmap", "eeeeee", 0, 0 },
                  { "arch_prctl", "eeeeee", 0, 0 },
                  { "set_thread_area", "eeeeee", 0, 0 },
                  { "gettid", "!!!!!!", 0, 0 },
                  { "mprotect", "......", 0, 0 },
                  { "mseal", "......", 0, 0 },
                  { "rt_sigaction", "......", 0, 0 },
                  { "write", "......", 0, 0 },
                  /* with no thread pointer yet, no line can be told */
                  { "munmap", "------", 0, 0 },
                  { "madvise", "......", 0, 0 } },
};

TEST(refused_start, 20)
{
    large[sizeof large - 1] = large[0];
    arguments[0] = test_argv[0];
    test_refusals(&start);
}
