/* smallest: the least program that makes a thread and joins it; only its size is measured.
 * SPDX-License-Identifier: MIT
 *
 * Built once a side with -DBENCH_SIDE='"side_thrum.h"' or '"side_pthread.h"', for size, stripped.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include BENCH_SIDE

static void *nothing(void *argument)
{
    return argument;
}

int main(void)
{
    side_thread thread;
    if (!side_spawn(&thread, nothing, NULL, 0))
        return 1;
    side_join(thread);
    return 0;
}
