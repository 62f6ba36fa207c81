#ifndef SHAPE_DRAGONFLY_H
#define SHAPE_DRAGONFLY_H

/* DragonFly 6, x86-64: pthread(3), sigaction(2), sem_init(3), sysconf(3), getrlimit(2). */

/* All is shown but where a program asks for POSIX. */
#if defined(_POSIX_C_SOURCE) || defined(_XOPEN_SOURCE)
#define SHAPE_ALL 0
#else
#define SHAPE_ALL 1
#endif

#include <stddef.h>
#include <stdint.h>

typedef int32_t pid_t;
typedef int64_t off_t;
typedef long ssize_t;
typedef int64_t time_t;
typedef unsigned long clockid_t;
typedef int64_t rlim_t;
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
typedef long sigjmp_buf[12];

typedef struct {
    uint32_t __bits[4];
} sigset_t;
typedef struct {
    int si_signo, si_errno, si_code;
    pid_t si_pid;
    uint32_t si_uid;
    int si_status;
    void *si_addr;
    int spare[12];
} siginfo_t;
struct sigaction {
    union {
        void (*handler)(int);
        void (*action)(int, siginfo_t *, void *);
    } shape;
    int sa_flags;
    sigset_t sa_mask;
};
#define sa_handler shape.handler
#define sa_sigaction shape.action
typedef struct {
    char *ss_sp;
    size_t ss_size;
    int ss_flags;
} stack_t;

typedef struct pthread *pthread_t;
typedef struct pthread_attr *pthread_attr_t;
typedef struct pthread_mutex *pthread_mutex_t;
typedef struct pthread_mutex_attr *pthread_mutexattr_t;
typedef int pthread_key_t;
typedef struct {
    int state;
    pthread_mutex_t mutex;
} pthread_once_t;
#define PTHREAD_ONCE_INIT \
    {                     \
        0, NULL           \
    }
#define PTHREAD_MUTEX_INITIALIZER NULL
typedef struct sem *sem_t;

#define ECANCELED 85
#define CLOCK_MONOTONIC 4
#define MINSIGSTKSZ 8192
#define _SC_PAGESIZE 47
#define _SC_NPROCESSORS_ONLN 58
#define SHAPE_HAS_CLOCK_NANOSLEEP 0
#define SHAPE_PTHREAD_MORE
#define SHAPE_UNISTD_MORE                                                \
    int umtx_sleep(volatile const int *word, int value, int timeout_us); \
    int umtx_wakeup(volatile const int *word, int count);

extern __thread int errno;
static inline int *__error(void)
{
    return &errno;
}
#define errno (*__error())

#if SHAPE_ALL
typedef int32_t lwpid_t;
typedef unsigned int u_int;
#endif

#endif
