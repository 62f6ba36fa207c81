/* What the folders of the four BSDs share: calls, structures that differ in layout but not in
 * meaning, times, what the process was told at its start. A system's own header fills in:
 *
 *   THRUM_BSD_CALLS(CALL)              CALL(name, number): every call of the library
 *   THRUM_BSD_PIN(name, number)        asm that tells the kernel where it is made, at .Lcall_NAME
 *   THRUM_BSD_CLOCK_MONOTONIC, _MAP_STACK, _SIGSET_WORDS
 *   THRUM_BSD_RANDOM                   a call that fills a buffer with random bytes, or
 *   THRUM_BSD_KERN_ARND                sysctl's name of such bytes
 *   THRUM_BSD_SIGACTION_MEMBERS        of struct sigaction; THRUM_BSD_SIGINFO_MEMBERS likewise
 *   THRUM_BSD_AT_RANDOM                auxv's pointer to random bytes; 0: none
 *
 * and the functions at the end. Error numbers, flags of signals and of memory, and limits are the
 * same on all four. */
#ifndef THRUM_OS_BSD_BSD_H
#define THRUM_OS_BSD_BSD_H

#include THRUM_BSD_SYSTEM_FILE

#include "arch/divide.h"
#include "os/os.h"

enum {
    THRUM_BSD_EPERM = 1,
    THRUM_BSD_ESRCH = 3,
    THRUM_BSD_EINTR = 4,
    THRUM_BSD_EBADF = 9,
    THRUM_BSD_ENOMEM = 12,
    THRUM_BSD_EBUSY = 16,
    THRUM_BSD_EINVAL = 22,
    THRUM_BSD_ERANGE = 34,
    THRUM_BSD_EAGAIN = 35,
    THRUM_BSD_ETIMEDOUT = 60,
    THRUM_BSD_ENOSYS = 78,
    THRUM_BSD_ECANCELED = 88 /* OpenBSD's number */
};

enum {
    THRUM_BSD_SIGABRT = 6,
    THRUM_BSD_SIGBUS = 10,
    THRUM_BSD_SIGSEGV = 11,
    THRUM_BSD_SIGPIPE = 13,
    THRUM_BSD_SIG_IGN = 1,
    THRUM_BSD_SIG_BLOCK = 1,
    THRUM_BSD_SIG_UNBLOCK = 2,
    THRUM_BSD_SIG_SETMASK = 3,
    THRUM_BSD_SA_ONSTACK = 1,
    THRUM_BSD_SA_RESTART = 2,
    THRUM_BSD_SA_RESETHAND = 4,
    THRUM_BSD_SA_NODEFER = 0x10,
    THRUM_BSD_SA_SIGINFO = 0x40
};

enum {
    THRUM_BSD_PROT_READ = 1,
    THRUM_BSD_PROT_READ_WRITE = 3,
    THRUM_BSD_MAP_PRIVATE = 2,
    THRUM_BSD_MAP_FIXED = 0x10,
    THRUM_BSD_MAP_ANON = 0x1000
};

/* identity.c: a thread before its birth gets the number for its lock ids, or after a birth refused
 * gives it back, and the refusal is told; in its first step the number's owner is told; gone, it
 * gives it back. And the same, as far as it goes, of a leader whose id is known. */
thrum_status thrum_bsd_number(struct thrum_os_thread *thread);
thrum_status thrum_bsd_unborn(struct thrum_os_thread *thread, long error);
void thrum_bsd_born_as(const struct thrum_os_thread *thread);
void thrum_bsd_reap(struct thrum_os_thread *thread);
void thrum_bsd_adopt(struct thrum_os_thread *thread);
/* A line and the end if it can be no thread's id. */
void thrum_bsd_check_id(int64_t id);

struct thrum_bsd_timespec {
    int64_t seconds;
    long nanoseconds;
};

struct thrum_bsd_sigset {
    uint32_t words[THRUM_BSD_SIGSET_WORDS];
};

struct thrum_bsd_sigaction {
    THRUM_BSD_SIGACTION_MEMBERS
};

struct thrum_bsd_siginfo {
    THRUM_BSD_SIGINFO_MEMBERS
};

struct thrum_bsd_stack {
    void *base;
    size_t size;
    int flags;
};

/* Calls. A negative error, or the result. */
long thrum_bsd_exit(int status);
long thrum_bsd_write(int fd, const void *data, size_t size);
long thrum_bsd_openat(long folder, const char *path, int flags, int mode);
long thrum_bsd_fcntl(long fd, long command, long argument);
long thrum_bsd_getpid(void);
long thrum_bsd_munmap(void *address, size_t size);
long thrum_bsd_mprotect(void *address, size_t size, int protection);
long thrum_bsd_mincore(const void *address, size_t size, void *answers);
long thrum_bsd_getrlimit(int resource, uint64_t limit[2]);
long thrum_bsd_sysctl(const int *name, unsigned length, void *old, size_t *old_size,
                      const void *wanted, size_t wanted_size);
long thrum_bsd_clock_gettime(int clock, struct thrum_bsd_timespec *spec);
long thrum_bsd_nanosleep(const struct thrum_bsd_timespec *length, struct thrum_bsd_timespec *rest);
long thrum_bsd_sched_yield(void);
long thrum_bsd_sigaltstack(const struct thrum_bsd_stack *stack, struct thrum_bsd_stack *old);

/* From the auxiliary vector, as far as there is one; written once by thrum_os_start. */
struct thrum_bsd_process {
    size_t page_size;
    const unsigned char *random;
    unsigned long hwcap[2]; /* AT_HWCAP, AT_HWCAP2 */
};
extern struct thrum_bsd_process thrum_bsd_process;

/* mmap(2) of fresh private pages: the address, or a negative error. */
long thrum_bsd_map(void *address, size_t size, int protection, int flags);
/* At most 256 random bytes of the kernel's; false if it gives none. */
bool thrum_bsd_random(void *buffer, size_t size);
/* sysctl(3): a number; false if there is none. */
bool thrum_bsd_sysctl_number(int first, int second, int *number);

/* How long it is until the deadline, at most `most` nanoseconds; false if it has passed. */
static inline bool thrum_bsd_remaining(thrum_time deadline, uint64_t most,
                                       struct thrum_bsd_timespec *length)
{
    thrum_time now = thrum_os_now();
    uint32_t nanoseconds;
    if (now >= deadline)
        return false;
    uint64_t left = deadline - now;
    length->seconds = (int64_t)thrum_seconds(left < most ? left : most, &nanoseconds);
    length->nanoseconds = nanoseconds;
    return true;
}

/* --- a system's own --------------------------------------------------------------------------- */

long thrum_bsd_set_action(int signal, const struct thrum_bsd_sigaction *action,
                          struct thrum_bsd_sigaction *old);
/* THRUM_BSD_SIG_…; either may be NULL. */
void thrum_bsd_set_mask(int how, const struct thrum_bsd_sigset *set, struct thrum_bsd_sigset *old);
/* To the calling thread. */
void thrum_bsd_signal_self(int signal);
long thrum_bsd_set_thread_pointer(void *pointer);
void *thrum_bsd_get_thread_pointer(void); /* NULL: there is none */
/* mmap(2) of no file. */
long thrum_bsd_raw_map(void *address, size_t size, int protection, int flags);

#endif
