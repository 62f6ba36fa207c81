/* The process: output, randomness, the end. */
#include "os/wasi/wasi.h"

uintptr_t thrum_os_random(void)
{
    uintptr_t word = 0;
    (void)thrum_wasi_random(&word, sizeof word); /* refused: no worse than no randomness */
    return word;
}

_Noreturn void thrum_os_exit(int status)
{
    thrum_wasi_exit((uint32_t)status);
}

_Noreturn void thrum_os_abort(void)
{
    __builtin_trap(); /* the engine ends the program, and says where it was */
}

void thrum_os_write(int fd, const char *text, size_t length)
{
    while (length > 0) {
        struct thrum_wasi_bytes part = { text, length };
        size_t wrote = 0;
        uint32_t error = thrum_wasi_write(fd, &part, 1, &wrote);
        if (error == THRUM_WASI_EINTR)
            continue;
        if (error != 0 || wrote == 0)
            return;
        text += wrote;
        length -= wrote;
    }
}

void thrum_os_write_error(const char *text, size_t length)
{
    thrum_os_write(2, text, length);
}
