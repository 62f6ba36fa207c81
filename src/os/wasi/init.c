/* The main thread: its TLS image, control block and canary. Functions that use `_Thread_local` variables
 * or the canary are not to be inlined into those that run before both are there. Compiled without stack
 * protector. */
#include "os/wasi/wasi.h"
#include "thread/registry.h"
#include "thrum/start.h"
#include "tls/image.h"

/* Of the linker's making: copies the TLS image to `memory`, and makes that the calling thread's; where
 * main's stack may begin or end. */
void __wasm_init_tls(void *memory);
extern char __global_base, __data_end, __heap_base;

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

static void find_stack(struct thrum_block *block)
{
    bool first = (char *)__builtin_frame_address(0) < &__global_base;
    block->stack_low = first ? NULL : &__data_end;
    THRUM_FORK_STORE(&block->stack_high, first ? &__global_base : &__heap_base);
}

/* With a TLS image and canary in place. */
static __attribute__((noinline)) void fill(struct thrum_block *block)
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
