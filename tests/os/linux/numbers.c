/* The numbers and layouts of this CPU's file against the kernel's own headers, at compile time; and
 * what the headers do not tell a program (sizes of signal sets), by asking the kernel. */
#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/unistd.h>
#include <linux/mman.h>

#include "../../support/thread_system.h"
#include "../../test.h"
#include "os/linux/linux.h"

#define SAME(own, kernels) \
    _Static_assert((unsigned long)(own) == (unsigned long)(kernels), #own " is " #kernels)
#define CALL(own, kernels) SAME(THRUM_LINUX_##own, __NR_##kernels)

/* --- system calls ----------------------------------------------------------------------------- */

CALL(READ, read);
CALL(WRITE, write);
CALL(CLOSE, close);
CALL(OPENAT, openat);
CALL(MPROTECT, mprotect);
CALL(MUNMAP, munmap);
CALL(MINCORE, mincore);
CALL(MADVISE, madvise);
CALL(RT_SIGACTION, rt_sigaction);
CALL(RT_SIGPROCMASK, rt_sigprocmask);
CALL(SIGALTSTACK, sigaltstack);
CALL(SCHED_YIELD, sched_yield);
CALL(SCHED_SETAFFINITY, sched_setaffinity);
CALL(SCHED_GETAFFINITY, sched_getaffinity);
CALL(EXIT, exit);
CALL(EXIT_GROUP, exit_group);
CALL(TGKILL, tgkill);
CALL(GETTID, gettid);
CALL(PRCTL, prctl);
CALL(PRLIMIT64, prlimit64);
CALL(GETRANDOM, getrandom);

#ifdef __NR_getxpid /* it answers the parent's id as well, in another register */
CALL(GETPID, getxpid);
#else
CALL(GETPID, getpid);
#endif

#ifdef __NR_mmap2
CALL(MMAP, mmap2);
#else
CALL(MMAP, mmap);
#endif

#ifdef __NR_futex_time64
CALL(FUTEX, futex_time64);
CALL(CLOCK_GETTIME, clock_gettime64);
CALL(CLOCK_NANOSLEEP, clock_nanosleep_time64);
#ifdef __NR_futex
CALL(OLD_FUTEX, futex);
CALL(OLD_CLOCK_GETTIME, clock_gettime);
CALL(OLD_CLOCK_NANOSLEEP, clock_nanosleep);
#else
SAME(THRUM_LINUX_OLD_FUTEX, 0);
SAME(THRUM_LINUX_OLD_CLOCK_GETTIME, 0);
SAME(THRUM_LINUX_OLD_CLOCK_NANOSLEEP, 0);
#endif
#else
CALL(FUTEX, futex);
CALL(CLOCK_GETTIME, clock_gettime);
CALL(CLOCK_NANOSLEEP, clock_nanosleep);
SAME(THRUM_LINUX_OLD_FUTEX, 0);
SAME(THRUM_LINUX_OLD_CLOCK_GETTIME, 0);
SAME(THRUM_LINUX_OLD_CLOCK_NANOSLEEP, 0);
#endif

/* --- errors, memory, files -------------------------------------------------------------------- */

SAME(THRUM_LINUX_ESRCH, ESRCH);
SAME(THRUM_LINUX_EINTR, EINTR);
SAME(THRUM_LINUX_ENOMEM, ENOMEM);
SAME(THRUM_LINUX_EINVAL, EINVAL);
SAME(THRUM_LINUX_EAGAIN, EAGAIN);
SAME(THRUM_LINUX_ENOSYS, ENOSYS);
SAME(THRUM_LINUX_ETIMEDOUT, ETIMEDOUT);

SAME(THRUM_LINUX_MAP_PRIVATE, MAP_PRIVATE);
SAME(THRUM_LINUX_MAP_ANONYMOUS, MAP_ANONYMOUS);
SAME(THRUM_LINUX_MAP_NORESERVE, MAP_NORESERVE);
#ifdef MAP_STACK /* not every CPU has it: then it is a flag that nothing else has */
SAME(THRUM_LINUX_MAP_STACK, MAP_STACK);
#endif
SAME(THRUM_LINUX_MADV_DONTNEED, MADV_DONTNEED);
SAME(THRUM_LINUX_MADV_NOHUGEPAGE, MADV_NOHUGEPAGE);
SAME(THRUM_LINUX_O_CLOEXEC, O_CLOEXEC);

/* --- signals ---------------------------------------------------------------------------------- */

SAME(THRUM_LINUX_SIGABRT, SIGABRT);
SAME(THRUM_LINUX_SIGBUS, SIGBUS);
SAME(THRUM_LINUX_SIGSEGV, SIGSEGV);
SAME(THRUM_LINUX_SIG_BLOCK, SIG_BLOCK);
SAME(THRUM_LINUX_SIG_UNBLOCK, SIG_UNBLOCK);
SAME(THRUM_LINUX_SIG_SETMASK, SIG_SETMASK);
SAME(THRUM_LINUX_SA_SIGINFO, SA_SIGINFO);
SAME(THRUM_LINUX_SA_ONSTACK, SA_ONSTACK);
SAME(THRUM_LINUX_SA_RESETHAND, SA_RESETHAND);
SAME(THRUM_LINUX_SA_RESTART, SA_RESTART);
SAME(THRUM_LINUX_SA_NODEFER, SA_NODEFER);
#if defined(THRUM_LINUX_RESTORER_ASM) && defined(SA_RESTORER)
SAME(THRUM_LINUX_SA_RESTORER, SA_RESTORER);
#endif

SAME(offsetof(struct thrum_linux_stack, base), offsetof(stack_t, ss_sp));
SAME(offsetof(struct thrum_linux_stack, flags), offsetof(stack_t, ss_flags));
SAME(offsetof(struct thrum_linux_stack, size), offsetof(stack_t, ss_size));
SAME(sizeof(struct thrum_linux_stack), sizeof(stack_t));

SAME(offsetof(struct thrum_linux_siginfo, signal), offsetof(siginfo_t, si_signo));
SAME(offsetof(struct thrum_linux_siginfo, error), offsetof(siginfo_t, si_errno));
SAME(offsetof(struct thrum_linux_siginfo, code), offsetof(siginfo_t, si_code));
SAME(offsetof(struct thrum_linux_siginfo, address), offsetof(siginfo_t, si_addr));

/* The headers' struct sigaction is on many CPUs that of an older call, so its members are seen at
 * work, in actions.c. Its set has the size that the kernel takes, and no other. */
TEST(numbers_size_of_a_signal_set, 5)
{
    struct thrum_linux_sigset set;
    long size = (long)sizeof set;
    CHECK_EQ(sizeof(struct thrum_linux_sigset) * 8, THRUM_LINUX_SIGNALS);
    CHECK_EQ(thrum_linux_call4(THRUM_LINUX_RT_SIGPROCMASK, THRUM_LINUX_SIG_BLOCK, NULL, &set, size),
             0);
    CHECK_EQ(
        thrum_linux_call4(THRUM_LINUX_RT_SIGPROCMASK, THRUM_LINUX_SIG_BLOCK, NULL, &set, size / 2),
        -EINVAL);
}
