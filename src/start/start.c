/* From `_start` to main. Compiled without stack protector. */
#include "start/start.h"
#include "diagnose/fatal.h"
#include "thread/life.h"

/* The program's, and of the linker's making. */
int main(int argc, char **argv, char **envp);
typedef void constructor(int argc, char **argv, char **envp);
extern constructor *const __preinit_array_start[] __attribute__((visibility("hidden")));
extern constructor *const __preinit_array_end[] __attribute__((visibility("hidden")));
extern constructor *const __init_array_start[] __attribute__((visibility("hidden")));
extern constructor *const __init_array_end[] __attribute__((visibility("hidden")));

_Noreturn void thrum_start_main(const uintptr_t *stack); /* called by `_start` */

__attribute__((weak)) void thrum_os_settle(void)
{
}

static _Noreturn void refuse(const char *text, size_t length)
{
    thrum_os_write_error(text, length);
    thrum_os_exit(127);
}

_Noreturn void thrum_start_main(const uintptr_t *stack)
{
    static const char failed[] = "thrum: the main thread's storage could not be set up\n";
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1), **envp = argv + argc + 1;
    const uintptr_t *auxv = thrum_start_auxv(stack);
    uintptr_t own[THRUM_START_OWN_AUXV];
    auxv = thrum_start_own_auxv(auxv, own);
    struct thrum_program program = thrum_start_program(auxv);
    thrum_start_relocate(&program);
    thrum_os_hold_error_output();
    thrum_start_stack = stack;
    if (thrum_start_thread(auxv) != THRUM_OK)
        refuse(failed, sizeof failed - 1);
    thrum_start_resolve(&program);
    thrum_os_settle();
    thrum_start_protect(&program);
    for (constructor *const *at = __preinit_array_start; at < __preinit_array_end; at++)
        (*at)(argc, argv, envp);
    for (constructor *const *at = __init_array_start; at < __init_array_end; at++)
        (*at)(argc, argv, envp);
    thrum_start_exit(main(argc, argv, envp));
}
