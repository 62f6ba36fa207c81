/* A SIGTRAP after each instruction, where the CPU has a flag for that. */
#ifndef THRUM_TEST_LINUX_STEP_H
#define THRUM_TEST_LINUX_STEP_H

#include <stdbool.h>

#if defined(LINUX_STEPS) /* told not to: a wait that holds signals would be stepped through */
static inline void set_stepping(bool on)
{
    (void)on;
}
#elif defined(__x86_64__) && defined(__LP64__)
#define LINUX_STEPS 1
/* Past the red zone. */
static inline void set_stepping(bool on)
{
    if (on)
        __asm__ volatile("lea -128(%%rsp), %%rsp\n pushfq\n orq $0x100, (%%rsp)\n popfq\n"
                         "lea 128(%%rsp), %%rsp" ::
                             : "memory", "cc");
    else
        __asm__ volatile("lea -128(%%rsp), %%rsp\n pushfq\n andq $-0x101, (%%rsp)\n popfq\n"
                         "lea 128(%%rsp), %%rsp" ::
                             : "memory", "cc");
}
#elif defined(__i386__)
#define LINUX_STEPS 1
static inline void set_stepping(bool on)
{
    if (on)
        __asm__ volatile("pushfl\n orl $0x100, (%%esp)\n popfl" ::: "memory", "cc");
    else
        __asm__ volatile("pushfl\n andl $-0x101, (%%esp)\n popfl" ::: "memory", "cc");
}
#else
#define LINUX_STEPS 0
static inline void set_stepping(bool on)
{
    (void)on;
}
#endif

#endif
