/* many: what each of 10000 sleeping threads costs in mappings and in memory.
 * SPDX-License-Identifier: MIT */
#include "bench.h"

enum { THREADS = 10000 / BENCH_LESS, STACK = 64 * 1024 };

static side_thread threads[THREADS];
static side_sem ready, stop;

static void *sleep_until_stopped(void *argument)
{
    side_sem_post(&ready);
    side_sem_wait(&stop);
    return argument;
}

/* The kernel's own count of the process's mappings. */
static uint64_t count_mappings(void)
{
    static char text[65536];
    int file = -1;
    uint64_t lines = 0;
    for (size_t got; (got = side_read_file(&file, "/proc/self/maps", text, sizeof text)) > 0;)
        for (size_t i = 0; i < got; i++)
            lines += text[i] == '\n';
    return lines;
}

/* A line "Name:   123 kB" of /proc/self/status, in bytes. */
static uint64_t read_status(const char *name)
{
    static char text[65536];
    int file = -1;
    size_t size = 0;
    for (size_t got; (got = side_read_file(&file, "/proc/self/status", text + size,
                                           sizeof text - 1 - size)) > 0;)
        size += got;
    text[size] = '\0';
    for (const char *line = text; *line != '\0'; line++) {
        size_t i = 0;
        while (name[i] != '\0' && line[i] == name[i])
            i++;
        if (name[i] != '\0')
            continue;
        uint64_t number = 0;
        for (; line[i] != '\n'; i++)
            if (line[i] >= '0' && line[i] <= '9')
                number = number * 10 + (uint64_t)(line[i] - '0');
        return number * 1024;
    }
    return 0;
}

int main(void)
{
    side_sem_make(&ready);
    side_sem_make(&stop);
    bench_need(side_spawn(&threads[0], sleep_until_stopped, NULL, STACK));
    side_sem_wait(&ready);
    uint64_t mappings = count_mappings();
    uint64_t resident = read_status("VmRSS:"), tables = read_status("VmPTE:");
    for (unsigned i = 1; i < THREADS; i++)
        bench_need(side_spawn(&threads[i], sleep_until_stopped, NULL, STACK));
    for (unsigned i = 1; i < THREADS; i++)
        side_sem_wait(&ready);
    side_sleep(100000000);
    bench_report("# threads, 64 KiB stacks: mappings each", THREADS,
                 bench_each(count_mappings() - mappings, THREADS - 1));
    bench_report("# threads, 64 KiB stacks: resident bytes each", THREADS,
                 bench_each(read_status("VmRSS:") - resident, THREADS - 1));
    bench_report("# threads, 64 KiB stacks: page table bytes each", THREADS,
                 bench_each(read_status("VmPTE:") - tables, THREADS - 1));
    for (unsigned i = 0; i < THREADS; i++)
        side_sem_post(&stop);
    for (unsigned i = 0; i < THREADS; i++)
        side_join(threads[i]);
    return 0;
}
