/* The main thread: its TLS image, control block and canary. Compiled without stack protector. */
#include "start/start.h"
#include "thread/registry.h"
#include "tls/image.h"

/* Room for main's image, block and slots, so that a small program starts without a mapping. */
enum { STATIC_IMAGE = 1024, STATIC_ALIGN = 64 };
static _Alignas(STATIC_ALIGN) char static_area[STATIC_IMAGE + THRUM_BLOCK_SIZE + 1024];

const void *thrum_start_stack;

static void find_image(const struct thrum_program *program)
{
    size_t size = 0, align = 1;
    uintptr_t address = 0;
    for (size_t i = 0; i < program->count; i++) {
        const thrum_elf_segment *segment = &program->segments[i];
        if (segment->type != THRUM_ELF_TLS)
            continue;
        thrum_tls_image.initial = (const void *)(program->base + segment->address);
        thrum_tls_image.file_size = segment->file_size;
        size = segment->size;
        align = segment->align;
        address = segment->address;
    }
    thrum_tls_image.layout =
        thrum_tls_layout_of(THRUM_ARCH_TLS_VARIANT, THRUM_ARCH_TLS_GAP, size, align, address);
    /* The low byte is zero, so that a string copied past its end stops at the canary. */
    uintptr_t canary = thrum_os_random();
    ((unsigned char *)&canary)[0] = 0;
    thrum_tls_image.canary = canary;
    thrum_arch_set_canary(canary);
}

static char *area_for_main(size_t *size)
{
    const struct thrum_tls_layout *layout = &thrum_tls_image.layout;
    *size = layout->before + layout->after;
    if (layout->align <= STATIC_ALIGN && *size + STATIC_ALIGN <= sizeof static_area) {
        *size = sizeof static_area;
        return static_area;
    }
    *size += 2 * layout->align + thrum_os_page_size();
    *size &= ~(thrum_os_page_size() - 1);
    return thrum_os_map(*size);
}

/* Main's stack is the kernel's. The end that stays is found here, from the stack pointer at the entry, or the
 * caller's if there was no entry of thrum's; the other is where the limit is now (thrum_stack_bounds). */
static void find_stack(struct thrum_block *block)
{
    const char *from = thrum_start_stack != NULL ? thrum_start_stack : __builtin_frame_address(0);
    const uintptr_t page = thrum_os_page_size();
    if (!THRUM_ARCH_STACK_GROWS_UP)
        from = thrum_os_main_stack_end(from) + page - 1;
    char *end = (char *)((uintptr_t)from & ~(page - 1));
    block->stack_low = end;
    THRUM_FORK_STORE(&block->stack_high, end);
}

thrum_status thrum_start_thread(const uintptr_t *auxv)
{
    struct thrum_program program = thrum_start_program(auxv);
    if (program.segments == NULL)
        return THRUM_INVALID;
    thrum_os_start(auxv);
    find_image(&program);
    size_t size;
    char *area = area_for_main(&size);
    if (area == NULL)
        return THRUM_NO_MEMORY;
    const struct thrum_tls_layout *layout = &thrum_tls_image.layout;
    uintptr_t pointer = (uintptr_t)(area + size - layout->after) & ~(uintptr_t)(layout->align - 1);
    struct thrum_block *block = thrum_tls_block_at((char *)pointer);
    thrum_tls_image_install(block);
    find_stack(block);
    block->grows = true;
    __builtin_memcpy(block->name, "main", sizeof "main");
    thrum_status status = thrum_os_set_thread_pointer(thrum_block_register(block));
    if (status == THRUM_OK)
        thrum_registry_start(block);
    else if (area != static_area)
        thrum_os_unmap(area, size);
    return status;
}

thrum_status thrum_init_auxv(const uintptr_t *auxv)
{
    /* by this very function, or by somebody else */
    if (thrum_registry.first != NULL || thrum_os_has_thread_pointer())
        return THRUM_BUSY;
    return thrum_start_thread(auxv);
}

const uintptr_t *thrum_start_auxv(const uintptr_t *stack)
{
    size_t at = 1 + stack[0] + 1; /* argc, argv, NULL */
    while (stack[at] != 0)        /* envp */
        at++;
    return stack + at + 1;
}

thrum_status thrum_init(const void *stack)
{
    thrum_start_stack = stack;
    uintptr_t own[THRUM_START_OWN_AUXV];
    return thrum_init_auxv(thrum_start_own_auxv(thrum_start_auxv(stack), own));
}
