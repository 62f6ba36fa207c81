/* The line that a misuse leaves. */
#include "locks.h"

void misuse_begins(struct misuse *misuse)
{
    misuse->caller = thrum_id();
}

static bool begins(const char *text, const char *with)
{
    while (*with && *text == *with) {
        ++text;
        ++with;
    }
    return !*with;
}

void check_misuse(void (*act)(void *misuse), struct misuse *misuse, const char *kind,
                  uint64_t holder)
{
    misuse->caller = 0;
    const char *line = test_fatal(act, misuse);
    bool good = CHECK(begins(line, "thrum: "));
    good &= CHECK(test_contains(line, kind));
    good &= CHECK(test_contains_address(line, misuse->object));
    good &= CHECK(test_contains_number(line, misuse->caller));
    good &= CHECK(!test_contains(line, "\n"));
    if (holder != 0)
        good &= CHECK(test_contains_number(line, holder));
    if (!good)
        test_note("caller %l, holder %l, object %p, line: %s", misuse->caller, holder,
                  misuse->object, line);
}
