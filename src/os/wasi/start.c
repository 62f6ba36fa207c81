/* From `_start` to main. What uses `_Thread_local` variables or the canary is not to be inlined into
 * `_start`. Compiled without stack protector. */
#include "thrum/start.h"
#include "os/wasi/wasi.h"
#include "thread/life.h"
#include "thread/registry.h"
#include "tls/image.h"

/* Of the linker's making: runs the constructors; copies the TLS image to `memory`, and makes that the
 * calling thread's; where main's stack may begin or end. */
void __wasm_call_ctors(void);
void __wasm_init_tls(void *memory);
extern char __global_base, __data_end, __heap_base;

/* The program's main: compilers name it by how many arguments it takes, because all calls are checked.
 * Of three: see main.c. */
__attribute__((weak)) int __main_argc_argv(int argc, char **argv);
__attribute__((weak)) int __main_void(void);
#pragma weak thrum_wasi_main3
void _start(void);

static _Noreturn void refuse(const char *text, size_t length)
{
    thrum_os_write_error(text, length);
    thrum_os_exit(127);
}

static const char no_storage[] = "thrum: the main thread's storage could not be set up\n";
static const char no_main[] = "thrum: the program has no main that can be called\n";

struct arguments {
    size_t argc;
    char **argv, **envp;
};

/* Both lists and their text in one mapping. */
static struct arguments take_arguments(void)
{
    size_t count = 0, bytes = 0, variables = 0, variable_bytes = 0;
    if (thrum_wasi_args_sizes(&count, &bytes) != 0 ||
        thrum_wasi_environ_sizes(&variables, &variable_bytes) != 0)
        refuse(no_storage, sizeof no_storage - 1);
    const size_t page = thrum_os_page_size(), words = count + 1 + variables + 1;
    size_t size = words * sizeof(char *) + bytes + variable_bytes;
    char **lists = thrum_os_map((size + page - 1) & ~(page - 1));
    if (lists == NULL)
        refuse(no_storage, sizeof no_storage - 1);
    char **environment = lists + count + 1, *text = (char *)(lists + words);
    if (thrum_wasi_args(lists, text) != 0 || thrum_wasi_environ(environment, text + bytes) != 0)
        refuse(no_storage, sizeof no_storage - 1);
    return (struct arguments){ count, lists, environment };
}

static __attribute__((noinline)) _Noreturn void run_main(void)
{
    struct arguments arguments = take_arguments();
    int argc = (int)arguments.argc;
    __wasm_call_ctors();
    if (__main_argc_argv != NULL)
        thrum_start_exit(__main_argc_argv(argc, arguments.argv));
    if (__main_void != NULL)
        thrum_start_exit(__main_void());
    if (thrum_wasi_main3 != NULL)
        thrum_start_exit(thrum_wasi_main3(argc, arguments.argv, arguments.envp));
    refuse(no_main, sizeof no_main - 1);
}

void _start(void)
{
    if (thrum_init(NULL) != THRUM_OK)
        refuse(no_storage, sizeof no_storage - 1);
    run_main();
}
