/* The process's end: the program's destructors, in reverse. */
#include "thread/life.h"

typedef void destructor(void);
extern destructor *const __fini_array_start[] __attribute__((visibility("hidden")));
extern destructor *const __fini_array_end[] __attribute__((visibility("hidden")));

_Noreturn void thrum_start_exit(int status)
{
    thrum_thread_ends_process();
    for (destructor *const *at = __fini_array_end; at > __fini_array_start; at--)
        at[-1]();
    thrum_os_exit(status);
}
