/* Linux on x86-64, for linux.c: numbers, the call, the way back from a handler. */
#ifndef THRUM_TEST_LINUX_X86_64_H
#define THRUM_TEST_LINUX_X86_64_H

enum {
    CALL_READ = 0,
    CALL_WRITE = 1,
    CALL_CLOSE = 3,
    CALL_POLL = 7,
    CALL_MMAP = 9,
    CALL_MPROTECT = 10,
    CALL_MUNMAP = 11,
    CALL_RT_SIGACTION = 13,
    CALL_RT_SIGPROCMASK = 14,
    CALL_DUP3 = 292,
    CALL_SETITIMER = 38,
    CALL_GETPID = 39,
    CALL_CLONE = 56,
    CALL_EXECVE = 59,
    CALL_WAIT4 = 61,
    CALL_KILL = 62,
    CALL_GETTID = 186,
    CALL_TGKILL = 234,
    CALL_EXIT_GROUP = 231,
    CALL_OPENAT = 257,
    CALL_PIPE2 = 293,
    CALL_PRLIMIT64 = 302
};

static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#define ACTION_RESTORER 0x04000000ul
void system_signal_return(void);
__asm__(".text\n"
        ".type system_signal_return, @function\n"
        "system_signal_return:\n"
        "    mov $15, %eax\n"
        "    syscall\n"
        ".size system_signal_return, . - system_signal_return\n");

/* The trap flag: a SIGTRAP after each instruction, until it is cleared. Past the red zone. */
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

#endif
