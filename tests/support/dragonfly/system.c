/* system.h on DragonFly: what is its own. */
#include "../bsd/bsd.h"

#include THRUM_BSD_CPU_FILE

/* The two descriptors are the kernel's two results: it writes no array. */
__asm__(THRUM_BSD_FUNCTION(test_bsd_pipe2) "    mov %rdi, %r8\n"
                                           "    mov $538, %eax\n"
                                           "    syscall\n"
                                           "    jc 1f\n"
                                           "    mov %eax, (%r8)\n"
                                           "    mov %edx, 4(%r8)\n"
                                           "    xor %eax, %eax\n"
                                           "    ret\n"
                                           "1:  neg %rax\n"
                                           "    ret\n" THRUM_BSD_FUNCTION_END(test_bsd_pipe2));

long thrum_bsd_lwp_gettid(void);
long thrum_bsd_lwp_kill(int process, int tid, int signal);
long thrum_bsd_lwp_getaffinity(int process, int tid, uint64_t mask[4]);

uint64_t system_thread_id(void)
{
    return (uint64_t)thrum_bsd_lwp_gettid();
}

bool system_signal(uint64_t thread_id, int signal)
{
    return thrum_bsd_lwp_kill((int)thrum_bsd_getpid(), (int)thread_id, signal) == 0;
}

void system_thread_name(uint64_t thread_id, char name[32])
{
    (void)thread_id; /* it is told to those who ask for the whole process, by sysctl */
    name[0] = 0;
}

size_t system_affinity(unsigned *cpus, size_t capacity)
{
    uint64_t mask[4] = { 0 };
    size_t count = 0;
    thrum_bsd_lwp_getaffinity((int)thrum_bsd_getpid(), (int)thrum_bsd_lwp_gettid(), mask);
    for (unsigned cpu = 0; cpu < 256; ++cpu) {
        if (!(mask[cpu / 64] >> cpu % 64 & 1))
            continue;
        if (count < capacity)
            cpus[count] = cpu;
        ++count;
    }
    return count;
}
