/* The process, above a libc (POSIX). */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "diagnose/fatal.h"
#include "os/hosted/hosted.h"
#include "thread/life.h"

size_t thrum_os_page_size(void)
{
    static size_t known;
    size_t size = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (size == 0) {
        size = (size_t)sysconf(_SC_PAGESIZE);
        __atomic_store_n(&known, size, __ATOMIC_RELAXED); /* each caller finds the same */
    }
    return size;
}

_Noreturn void thrum_start_exit(int status)
{
    exit(status);
}

/* Personality routines (Itanium C++ ABI, "Exception Handling", 1.6), which the unwinder calls on top of the
 * function that is left: see THRUM_OS_REPORT_UNWINDING. Known to assembler text alone. */
#define LEFT(of, what)                                                                        \
    _Noreturn void thrum_hosted_left_##of(void);                                              \
    __attribute__((used)) _Noreturn void thrum_hosted_left_##of(void)                         \
    {                                                                                         \
        thrum_fatal_misuse("unwinds", "out of " what " (an exception, or the thread's end)"); \
    }

LEFT(once, "the function of a once")
LEFT(visitor, "the visitor of thrum_each_thread")
LEFT(destructor, "the destructor of a key")

_Noreturn void thrum_os_abort(void)
{
    abort();
}

void thrum_os_write(int fd, const char *text, size_t length)
{
    int kept = errno;
    while (length > 0) {
        ssize_t wrote = write(fd, text, length);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            break;
        text += wrote;
        length -= (size_t)wrote;
    }
    errno = kept;
}

void thrum_os_write_error(const char *text, size_t length)
{
    struct sigaction ignored;
    int kept = errno;
    ignored.sa_handler = SIG_IGN;
    ignored.sa_flags = 0;
    (void)sigemptyset(&ignored.sa_mask);
    (void)sigaction(SIGPIPE, &ignored, NULL);
    errno = kept;
    thrum_os_write(2, text, length);
}
