/* Memory: the module's own grows and never shrinks, so what is given back is kept for the next one who
 * asks, first fit, neighbours joined. A program with an allocator may have it serve instead. */
#include "os/used.h"
#include "os/wasi/wasi.h"

enum { PAGE = 4096, GROWTH = 65536 }; /* ours, which is as good as any; and WebAssembly's */

size_t thrum_os_page_size(void)
{
    return PAGE;
}

size_t thrum_os_smallest_stack(void)
{
    return 8192; /* no signal's frame; room for the dump and for fatal lines */
}

/* At the start of each free piece, in the order of their addresses. */
struct piece {
    struct piece *next;
    size_t size;
};

static struct thrum_wasi_lock lock; /* of the list */
static struct piece *pieces;

static char *end_of(struct piece *piece)
{
    return (char *)piece + piece->size;
}

static void *take_piece(size_t size)
{
    for (struct piece **link = &pieces; *link != NULL; link = &(*link)->next) {
        struct piece *piece = *link;
        if (piece->size < size)
            continue;
        if (piece->size == size) {
            *link = piece->next;
        } else {
            struct piece *rest = (struct piece *)(void *)((char *)piece + size);
            *rest = (struct piece){ piece->next, piece->size - size };
            *link = rest;
        }
        return piece;
    }
    return NULL;
}

static void put_piece(void *address, size_t size)
{
    struct piece **link = &pieces, *before = NULL, *piece = address;
    while (*link != NULL && *link < piece) {
        before = *link;
        link = &before->next;
    }
    *piece = (struct piece){ *link, size };
    *link = piece;
    if (piece->next != NULL && end_of(piece) == (char *)piece->next)
        *piece = (struct piece){ piece->next->next, size + piece->next->size };
    if (before != NULL && end_of(before) == (char *)piece)
        *before = (struct piece){ piece->next, before->size + piece->size };
}

/* Zeroed. Others may grow the memory too: what is new begins where the instruction says. */
static void *grow(size_t size)
{
    size_t pages = (size + GROWTH - 1) / GROWTH;
    size_t before = __builtin_wasm_memory_grow(0, pages);
    if (before == SIZE_MAX)
        return NULL;
    char *start = (char *)(before * GROWTH);
    if (pages * GROWTH > size)
        put_piece(start + size, pages * GROWTH - size);
    return start;
}

__attribute__((weak)) void *thrum_memory_take(size_t size)
{
    thrum_wasi_lock(&lock);
    void *address = take_piece(size);
    bool used = address != NULL;
    if (!used)
        address = grow(size);
    thrum_wasi_unlock(&lock);
    if (used)
        __builtin_memset(address, 0, size);
    return address;
}

__attribute__((weak)) void thrum_memory_give(void *memory, size_t size)
{
    thrum_wasi_lock(&lock);
    put_piece(memory, size);
    thrum_wasi_unlock(&lock);
}

void *thrum_os_map(size_t size)
{
    return thrum_memory_take((size + PAGE - 1) & ~(size_t)(PAGE - 1));
}

void thrum_os_unmap(void *address, size_t size)
{
    thrum_memory_give(address, (size + PAGE - 1) & ~(size_t)(PAGE - 1));
}

void thrum_os_stack_mapped(void *address, size_t size)
{
    (void)address, (void)size;
}

bool thrum_os_refresh(void *address, size_t size)
{
    __builtin_memset(address, 0, size);
    return true;
}

/* --- marks in place of guards ----------------------------------------------------------------- */

enum { MARK_BYTE = 0xc5 };

bool thrum_os_guard(void *address, size_t size)
{
    __builtin_memset(address, MARK_BYTE, size);
    return true;
}

const void *thrum_os_overwritten(const void *address, size_t size)
{
    const uintptr_t mark = UINTPTR_MAX / 255 * MARK_BYTE, *words = address;
    for (size_t i = size / sizeof mark; i > 0; i--)
        if (words[i - 1] != mark)
            return &words[i - 1];
    return NULL;
}

/* All of it is. */
enum thrum_os_residence thrum_os_resident(void *address, size_t size, unsigned char *answers)
{
    (void)address;
    __builtin_memset(answers, 1, size / PAGE);
    return THRUM_OS_TOLD;
}
