/* The process: what the kernel told it at its start, and its end. Compiled without stack protector,
 * because it runs before there is a canary. */
#include "arch/arch.h"
#include "os/bsd/bsd.h"

/* AT_HWCAP: FreeBSD's and OpenBSD's; others tell nothing by it. */
enum { AT_PAGESZ = 6, AT_HWCAP = 25, AT_HWCAP2 = 26, RLIMIT_STACK = 3, CTL_KERN = 1 };
enum { O_RDWR = 2, F_GETFD = 1, NO_FOLDER = -1 /* a path from the root needs none */ };

struct thrum_bsd_process thrum_bsd_process;

void thrum_os_start(const uintptr_t *auxv)
{
    struct thrum_bsd_process *process = &thrum_bsd_process;
    process->page_size = 4096;
    for (; auxv[0] != 0; auxv += 2) {
        if (auxv[0] == AT_PAGESZ)
            process->page_size = auxv[1];
        else if (auxv[0] == THRUM_BSD_AT_RANDOM)
            process->random = (const unsigned char *)auxv[1];
        else if (auxv[0] == AT_HWCAP || auxv[0] == AT_HWCAP2)
            process->hwcap[auxv[0] - AT_HWCAP] = auxv[1];
    }
}

void thrum_os_hardware(struct thrum_arch_hardware *hardware)
{
    const struct thrum_arch_hardware told = {
        { thrum_bsd_process.hwcap[0], thrum_bsd_process.hwcap[1], 0, 0 }, 0
    };
    *hardware = told;
}

thrum_status thrum_os_set_thread_pointer(void *block)
{
    return thrum_bsd_set_thread_pointer(block) < 0 ? THRUM_SYSTEM : THRUM_OK;
}

bool thrum_os_has_thread_pointer(void)
{
    return thrum_bsd_get_thread_pointer() != NULL;
}

bool thrum_bsd_random(void *buffer, size_t size)
{
#ifdef THRUM_BSD_RANDOM
    return THRUM_BSD_RANDOM(buffer, size) >= 0;
#else
    const int name[2] = { CTL_KERN, THRUM_BSD_KERN_ARND };
    size_t got = size;
    return thrum_bsd_sysctl(name, 2, buffer, &got, NULL, 0) == 0 && got == size;
#endif
}

uintptr_t thrum_os_random(void)
{
    uintptr_t word = 0;
    const unsigned char *bytes = thrum_bsd_process.random;
    if (bytes != NULL) {
        for (size_t i = 0; i < sizeof word; i++)
            word = word << 8 | bytes[i];
    } else if (!thrum_bsd_random(&word, sizeof word)) {
        word ^= (uintptr_t)&word ^ thrum_os_now() << 24; /* at least where the stack is, and when */
    }
    return word;
}

size_t thrum_os_main_stack_size(void)
{
    uint64_t limit[2] = { 0, 0 };
    /* Kernels keep as much free as the limit says, if it is one (FreeBSD's own is 512 MiB). */
    const uint64_t unlimited = (uint64_t)1 << 36;
    if (thrum_bsd_getrlimit(RLIMIT_STACK, limit) < 0 || limit[0] >= unlimited)
        return 128u << 20;
    return (size_t)limit[0] & ~(thrum_bsd_process.page_size - 1);
}

/* Not told: kern.usrstack and AT_STACKBASE (os/hosted/bsd.c) are the end of an area, and a kernel may leave a
 * gap of random size between that and the arguments. */
const char *thrum_os_main_stack_end(const char *start)
{
    return start;
}

void thrum_os_protect(void *address, size_t size)
{
    (void)thrum_bsd_mprotect(address, size, THRUM_BSD_PROT_READ); /* refused: it is immutable */
}

bool thrum_bsd_sysctl_number(int first, int second, int *number)
{
    const int name[2] = { first, second };
    size_t size = sizeof *number;
    return thrum_bsd_sysctl(name, 2, number, &size, NULL, 0) == 0 && size == sizeof *number;
}

_Noreturn void thrum_os_exit(int status)
{
    for (;;)
        thrum_bsd_exit(status);
}

_Noreturn void thrum_os_abort(void)
{
    const struct thrum_bsd_sigaction fallback = { 0 };
    const struct thrum_bsd_sigset mask = { { 1u << (THRUM_BSD_SIGABRT - 1) } };
    /* First as the program has it, then, if its handler returned, as the kernel has it. */
    for (int i = 0; i < 2; i++) {
        thrum_bsd_set_mask(THRUM_BSD_SIG_UNBLOCK, &mask, NULL);
        thrum_bsd_signal_self(THRUM_BSD_SIGABRT);
        thrum_bsd_set_action(THRUM_BSD_SIGABRT, &fallback, NULL);
    }
    thrum_os_exit(127); /* process 1 is not killed by its own signal */
}

void thrum_os_write(int fd, const char *text, size_t length)
{
    while (length > 0) {
        long wrote = thrum_bsd_write(fd, text, length);
        if (wrote == -THRUM_BSD_EINTR)
            continue;
        if (wrote <= 0)
            return;
        text += wrote;
        length -= (size_t)wrote;
    }
}

void thrum_os_write_error(const char *text, size_t length)
{
    struct thrum_bsd_sigaction ignored = { 0 };
    ignored.handler = THRUM_BSD_SIG_IGN;
    thrum_bsd_set_action(THRUM_BSD_SIGPIPE, &ignored, NULL);
    thrum_os_write(2, text, length);
}

/* OpenBSD lets a call be made from anywhere that a program's table has twice: these are calls that
 * few programs make themselves. */
void thrum_os_hold_error_output(void)
{
    if (thrum_bsd_fcntl(2, F_GETFD, 0) != -THRUM_BSD_EBADF)
        return;
    long fd; /* the lowest number that is free */
    do
        fd = thrum_bsd_openat(NO_FOLDER, "/dev/null", O_RDWR, 0);
    while (fd >= 0 && fd < 2);
}
