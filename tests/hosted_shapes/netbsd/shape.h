#ifndef SHAPE_NETBSD_H
#define SHAPE_NETBSD_H

/* NetBSD 10, amd64: pthread(3), sigaction(2), siginfo(2), sem_init(3), sysconf(3), getrlimit(2). Names
 * that the headers exchange for those of versions (__RENAME) are here as they are written. */

/* _NETBSD_SOURCE asks for all; where nothing else is asked for, -std=c11 leaves ISO C and POSIX. */
#ifdef _NETBSD_SOURCE
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
typedef int clockid_t;
typedef uint64_t rlim_t;
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
typedef long sigjmp_buf[14];

typedef struct {
    uint32_t __bits[4];
} sigset_t;
typedef union {
    char pad[128];
    struct {
        int _signo, _code, _errno, spare;
        union {
            struct {
                void *_addr;
                int _trap;
            } _fault;
        } _reason;
    } _info;
} siginfo_t;
#define si_signo _info._signo
#define si_code _info._code
#define si_addr _info._reason._fault._addr
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

typedef struct __pthread_st *pthread_t;
typedef struct {
    unsigned magic;
    int flags;
    void *more;
} pthread_attr_t;
typedef struct {
    unsigned magic;
    unsigned char locks[4];
    pthread_t volatile owner;
    void *waiters;
    unsigned recursed;
    void *spare;
} pthread_mutex_t;
typedef struct {
    unsigned magic;
    void *more;
} pthread_mutexattr_t;
typedef int pthread_key_t;
typedef struct {
    pthread_mutex_t mutex;
    int done;
} pthread_once_t;
#define PTHREAD_MUTEX_INITIALIZER                       \
    {                                                   \
        0x33330003, { 0, 0, 0, 0 }, NULL, NULL, 0, NULL \
    }
#define PTHREAD_ONCE_INIT            \
    {                                \
        PTHREAD_MUTEX_INITIALIZER, 0 \
    }
typedef struct _sem_st *sem_t;

#define ECANCELED 87
#define CLOCK_MONOTONIC 3
#define MINSIGSTKSZ 8192
#define _SC_PAGESIZE 28
#define _SC_NPROCESSORS_ONLN 1002
#define SHAPE_HAS_CLOCK_NANOSLEEP 1
#define SHAPE_PTHREAD_MORE int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);
#define SHAPE_UNISTD_MORE

int *__errno(void);
#define errno (*__errno())

#if SHAPE_ALL
typedef int32_t lwpid_t;
typedef unsigned int u_int;
#endif

#endif
