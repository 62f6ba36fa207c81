/* The TLS image (Drepper, "ELF Handling For Thread-Local Storage", 2013, section 3). Compiled
 * without stack protector: it installs the canary. */
#include "tls/image.h"

struct thrum_tls_image thrum_tls_image;

struct thrum_tls_layout thrum_tls_layout_of(int variant, size_t gap, size_t size, size_t align,
                                            uintptr_t address)
{
    struct thrum_tls_layout layout;
    const size_t block = THRUM_BLOCK_AREA;
    layout.align = align > 64 ? align : 64; /* a cache line of its own for each thread's head */
    if (align == 0)
        align = 1;
    if (variant == 2) {
        /* the least distance below tp that leaves the image congruent to its address */
        layout.before = size + ((0 - size - address) & (align - 1));
        layout.after = block;
        layout.image = -(ptrdiff_t)layout.before;
        layout.block = 0;
    } else {
        size_t from = gap + ((address - gap) & (align - 1));
        layout.before = block;
        layout.after = from + size;
        layout.image = (ptrdiff_t)from;
        layout.block = -(ptrdiff_t)block;
    }
    return layout;
}

void thrum_tls_image_install(struct thrum_block *block)
{
    const struct thrum_tls_image *image = &thrum_tls_image;
    char *tp = (char *)block - image->layout.block;
    __builtin_memcpy(tp + image->layout.image, image->initial, image->file_size);
    block->head.self = block;
    thrum_arch_set_thread_canary(tp, image->canary);
}
