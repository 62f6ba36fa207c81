/* A thread's name as the kernel knows it: 15 bytes in `comm`. */
#include "diagnose/format.h"
#include "os/linux/linux.h"

enum { PR_SET_NAME = 15, COMM_SIZE = 16, AT_FDCWD = -100, O_WRONLY = 1 };

/* The file is gone with the thread, or there is no /proc. */
static thrum_status refused(const struct thrum_os_thread *thread)
{
    return thrum_os_thread_ended(thread) ? THRUM_NOT_FOUND : THRUM_UNSUPPORTED;
}

thrum_status thrum_os_set_name(const struct thrum_os_thread *thread, bool self, const char *name)
{
    char comm[COMM_SIZE] = { 0 };
    size_t length = 0;
    while (length < COMM_SIZE - 1 && name[length] != '\0') {
        comm[length] = name[length];
        length++;
    }
    if (self)
        return thrum_linux_call2(THRUM_LINUX_PRCTL, PR_SET_NAME, comm) == 0 ? THRUM_OK
                                                                            : THRUM_UNSUPPORTED;
    if (thrum_os_thread_ended(thread)) /* the id may be another's by now */
        return THRUM_NOT_FOUND;
    char space[64];
    struct thrum_text path = thrum_text(space, sizeof space);
    thrum_text_string(&path, "/proc/self/task/");
    thrum_text_number(&path, thrum_os_thread_id(thread));
    thrum_text_string(&path, "/comm");
    long fd = thrum_linux_call4(THRUM_LINUX_OPENAT, AT_FDCWD, thrum_text_end(&path),
                                O_WRONLY | THRUM_LINUX_O_CLOEXEC, 0);
    if (fd < 0)
        return refused(thread);
    long wrote = thrum_linux_call3(THRUM_LINUX_WRITE, fd, comm, length > 0 ? length : 1);
    thrum_linux_call1(THRUM_LINUX_CLOSE, fd);
    return wrote > 0 ? THRUM_OK : refused(thread);
}
