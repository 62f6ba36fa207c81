/* From `_start` to main. Functions that use `_Thread_local` variables or the canary are not to be
 * inlined into those that run before both are there. Compiled without stack protector. */
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

/* Room for main's image, block and slots. */
enum { STATIC_IMAGE = 1024, STATIC_ALIGN = 64 };
static _Alignas(STATIC_ALIGN) char static_area[STATIC_IMAGE + THRUM_BLOCK_AREA];

/* What is below the block's end and above it, as in every thread. */
static char *find_pointer(const struct thrum_tls_layout *layout)
{
    size_t size = layout->before + layout->after + layout->align;
    char *area = static_area;
    if (layout->align > STATIC_ALIGN || layout->before + layout->after > sizeof static_area)
        area = thrum_os_map((size + thrum_os_page_size() - 1) & ~(thrum_os_page_size() - 1));
    uintptr_t pointer = (uintptr_t)area + layout->before + layout->align - 1;
    return area != NULL ? (char *)(pointer & ~(uintptr_t)(layout->align - 1)) : NULL;
}

static void find_stack(struct thrum_thread *block)
{
    bool first = (char *)__builtin_frame_address(0) < &__global_base;
    block->stack_low = first ? NULL : &__data_end;
    block->stack_high = first ? &__global_base : &__heap_base;
}

/* With a TLS image and canary in place. */
static __attribute__((noinline)) void fill(struct thrum_thread *block)
{
    thrum_wasi_self = block;
    block->head.self = block;
    find_stack(block);
    __builtin_memcpy(block->name, "main", sizeof "main");
    thrum_registry_start(block);
}

static __attribute__((noinline)) thrum_status begin(void)
{
    struct thrum_tls_layout *layout = &thrum_tls_image.layout;
    *layout = thrum_tls_layout_of(THRUM_ARCH_TLS_VARIANT, THRUM_ARCH_TLS_GAP,
                                  __builtin_wasm_tls_size(), __builtin_wasm_tls_align(), 0);
    char *pointer = find_pointer(layout);
    if (pointer == NULL)
        return THRUM_NO_MEMORY;
    uintptr_t canary = thrum_os_random();
    ((unsigned char *)&canary)[0] = 0; /* a string copied past its end stops there */
    thrum_tls_image.canary = canary;
    thrum_arch_set_canary(canary);
    if (thrum_arch_thread_pointer() ==
        NULL) /* else a libc has, and its variables stay where they are */
        __wasm_init_tls(pointer);
    fill(thrum_tls_block_at(pointer));
    return THRUM_OK;
}

thrum_status thrum_init(const void *stack)
{
    (void)stack;
    return thrum_registry.first != NULL ? THRUM_BUSY : begin();
}

thrum_status thrum_init_auxv(const uintptr_t *auxv)
{
    return thrum_init(auxv);
}

static _Noreturn void refuse(const char *text, size_t length)
{
    thrum_os_write(2, text, length);
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
    if (begin() != THRUM_OK)
        refuse(no_storage, sizeof no_storage - 1);
    run_main();
}
