/* What a child is to begin with, for systems whose children are no forks. */
#include "../test.h"
#include "system.h"

struct system_kept system_kept[SYSTEM_KEPT];

void system_keep(void *data, size_t size)
{
    for (int i = 0; i < SYSTEM_KEPT; ++i) {
        if (system_kept[i].data != NULL && system_kept[i].data != data)
            continue;
        system_kept[i] = (struct system_kept){ data, size };
        return;
    }
    test_check(false, "there is room for what is kept", __FILE__, __LINE__);
}

void system_forget_kept(void)
{
    for (int i = 0; i < SYSTEM_KEPT; ++i)
        system_kept[i].data = NULL;
}
