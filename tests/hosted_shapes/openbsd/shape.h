#ifndef SHAPE_OPENBSD_H
#define SHAPE_OPENBSD_H

/* OpenBSD 7.6, amd64: pthreads(3), sigaction(2), sem_init(3), sysconf(3), getrlimit(2). */

/* All is shown if it is asked for, or if nothing is. */
#if defined(_BSD_SOURCE) || !(defined(_POSIX_C_SOURCE) || defined(_XOPEN_SOURCE))
#define SHAPE_ALL 1
#else
#define SHAPE_ALL 0
#endif

#include <stddef.h>
#include <stdint.h>

typedef int32_t pid_t;
typedef int64_t off_t;
typedef long ssize_t;
typedef int64_t time_t;
typedef int32_t clockid_t;
typedef uint64_t rlim_t;
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
typedef long sigjmp_buf[11];

typedef unsigned int sigset_t;
typedef struct {
    int si_signo, si_code, si_errno;
    union {
        int pad[(128 / 4) - 3];
        struct {
            void *_addr;
            int _trapno;
        } _fault;
    } _data;
} siginfo_t;
#define si_addr _data._fault._addr
struct sigaction {
    union {
        void (*handler)(int);
        void (*action)(int, siginfo_t *, void *);
    } shape;
    sigset_t sa_mask;
    int sa_flags;
};
#define sa_handler shape.handler
#define sa_sigaction shape.action
typedef struct {
    void *ss_sp;
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
typedef struct __sem *sem_t;

#define ECANCELED 88
#define CLOCK_MONOTONIC 3
#define MINSIGSTKSZ (3u << 12)
#define _SC_PAGESIZE 28
#define _SC_NPROCESSORS_ONLN 503
#define SHAPE_HAS_CLOCK_NANOSLEEP 0
#define SHAPE_PTHREAD_MORE
#define SHAPE_UNISTD_MORE \
    pid_t getthrid(void); \
    int setthrname(pid_t tid, const char *name);

int *__errno(void);
#define errno (*__errno())

#endif
