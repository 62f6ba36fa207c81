/* The process: what the kernel told it at its start, and its end. Compiled without stack protector,
 * because it runs before there is a canary. */
#include "arch/arch.h"
#include "os/linux/linux.h"

enum {
    AT_PAGESZ = 6,
    AT_HWCAP = 16,
    AT_RANDOM = 25,
    AT_HWCAP2 = 26,
    AT_HWCAP3 = 29,
    AT_HWCAP4 = 30,
    AT_EXECFN = 31,
    AT_SYSINFO = 32,
    AT_SYSINFO_EHDR = 33,
    AT_MINSIGSTKSZ = 51
};
enum { RLIMIT_STACK = 3, PROT_READ = 1, SIG_IGN = 1, AT_FDCWD = -100, O_RDWR = 2 };

struct thrum_linux_process thrum_linux_process;
uintptr_t thrum_linux_vsyscall;

void thrum_os_start(const uintptr_t *auxv)
{
    struct thrum_linux_process *process = &thrum_linux_process;
    process->page_size = 4096;
    process->signal_stack = 2048;
    for (; auxv[0] != 0; auxv += 2) {
        if (auxv[0] == AT_PAGESZ)
            process->page_size = auxv[1];
        else if (auxv[0] == AT_RANDOM)
            process->random = (const unsigned char *)auxv[1];
        else if (auxv[0] == AT_EXECFN)
            process->name = (const char *)auxv[1];
        else if (auxv[0] == AT_HWCAP)
            process->hwcap[0] = auxv[1];
        else if (auxv[0] == AT_HWCAP2)
            process->hwcap[1] = auxv[1];
        else if (auxv[0] == AT_HWCAP3 || auxv[0] == AT_HWCAP4)
            process->hwcap[2 + auxv[0] - AT_HWCAP3] = auxv[1];
        else if (auxv[0] == AT_SYSINFO)
            thrum_linux_vsyscall = auxv[1];
        else if (auxv[0] == AT_SYSINFO_EHDR)
            process->vdso = (const unsigned char *)auxv[1];
        else if (auxv[0] == AT_MINSIGSTKSZ)
            process->signal_stack = auxv[1];
    }
}

thrum_status thrum_os_set_thread_pointer(void *block)
{
    long result = thrum_linux_set_thread_pointer(block, thrum_linux_process.hwcap[1]);
    return result == 0 ? THRUM_OK : THRUM_SYSTEM;
}

bool thrum_os_has_thread_pointer(void)
{
    return thrum_linux_get_thread_pointer() != NULL;
}

void thrum_os_hardware(struct thrum_arch_hardware *hardware)
{
    for (size_t i = 0; i < sizeof hardware->hwcap / sizeof hardware->hwcap[0]; i++)
        hardware->hwcap[i] = thrum_linux_process.hwcap[i];
    hardware->probe = (uintptr_t)THRUM_LINUX_HARDWARE_PROBE;
}

uintptr_t thrum_os_random(void)
{
    uintptr_t word = 0;
    const unsigned char *bytes = thrum_linux_process.random;
    if (bytes != NULL) {
        for (size_t i = 0; i < sizeof word; i++)
            word = word << 8 | bytes[i];
    } else if (thrum_linux_call3(THRUM_LINUX_GETRANDOM, &word, sizeof word, 0) != sizeof word) {
        word ^= (uintptr_t)&word; /* an ancient kernel: at least where it put the stack */
    }
    return word;
}

size_t thrum_os_main_stack_size(void)
{
    uint64_t limit[2] = { 0, 0 };
    const size_t most = sizeof(void *) < 8 ? 64u << 20 : 128u << 20;
    /* Beyond 128 MiB the kernel's own gap below the stack (mm/util.c, MIN_GAP) promises nothing. */
    if (thrum_linux_call4(THRUM_LINUX_PRLIMIT64, 0, RLIMIT_STACK, NULL, limit) != 0 ||
        limit[0] > most)
        return most;
    return (size_t)limit[0] & ~(thrum_linux_process.page_size - 1);
}

const char *thrum_os_main_stack_end(const char *start)
{
    return thrum_linux_stack_end(start, thrum_linux_process.name);
}

void thrum_os_protect(void *address, size_t size)
{
    thrum_linux_call3(THRUM_LINUX_MPROTECT, address, size, PROT_READ);
    /* Linux 6.10: nothing makes it writable again, or maps another there */
    if (THRUM_LINUX_MSEAL != 0)
        thrum_linux_call3(THRUM_LINUX_MSEAL, address, size, 0);
}

_Noreturn void thrum_os_exit(int status)
{
    for (;;)
        thrum_linux_call1(THRUM_LINUX_EXIT_GROUP, status);
}

_Noreturn void thrum_os_abort(void)
{
    struct thrum_linux_sigaction fallback = { 0 };
    struct thrum_linux_sigset mask = { { 1ul << (THRUM_LINUX_SIGABRT - 1) } };
    long process = thrum_linux_call1(THRUM_LINUX_GETPID, 0);
    long thread = thrum_linux_call1(THRUM_LINUX_GETTID, 0);
    /* First as the program has it, then, if its handler returned, as the kernel has it. */
    for (int i = 0; i < 2; i++) {
        thrum_linux_call4(THRUM_LINUX_RT_SIGPROCMASK, THRUM_LINUX_SIG_UNBLOCK, &mask, NULL,
                          sizeof mask);
        thrum_linux_call3(THRUM_LINUX_TGKILL, process, thread, THRUM_LINUX_SIGABRT);
        thrum_linux_sigaction(THRUM_LINUX_SIGABRT, &fallback, NULL);
    }
    thrum_os_exit(127); /* init of a pid namespace cannot be killed by its own signal */
}

void thrum_os_write(int fd, const char *text, size_t length)
{
    while (length > 0) {
        long wrote = thrum_linux_call3(THRUM_LINUX_WRITE, fd, text, length);
        if (wrote == -THRUM_LINUX_EINTR)
            continue;
        if (wrote <= 0)
            return;
        text += wrote;
        length -= (size_t)wrote;
    }
}

void thrum_os_write_error(const char *text, size_t length)
{
    struct thrum_linux_sigaction ignored = thrum_linux_action(SIG_IGN, 0);
    thrum_linux_sigaction(THRUM_LINUX_SIGPIPE, &ignored, NULL);
    thrum_os_write(2, text, length);
}

void thrum_os_hold_error_output(void)
{
    /* A path is looked for below a descriptor only if it is open: one call that opens nothing. */
    long below = thrum_linux_call4(THRUM_LINUX_OPENAT, 2, ".", THRUM_LINUX_O_CLOEXEC, 0);
    if (below >= 0) /* it is a folder */
        thrum_linux_call1(THRUM_LINUX_CLOSE, below);
    if (below != -THRUM_LINUX_EBADF)
        return;
    long fd; /* the lowest number that is free */
    do
        fd = thrum_linux_call4(THRUM_LINUX_OPENAT, AT_FDCWD, "/dev/null", O_RDWR, 0);
    while (fd >= 0 && fd < 2);
}
