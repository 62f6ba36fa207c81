/* The ABI's thread-local storage: the program's PT_TLS image, laid out once, installed in every
 * thread. This file, arch.h and the control block's head are all that is needed for `__thread`. */
#ifndef THRUM_TLS_IMAGE_H
#define THRUM_TLS_IMAGE_H

#include "thread/block.h"

/* Where things stand around the ABI's thread pointer, tp, which is a multiple of `align`.
 *
 *   variant II:   [ image … ] tp [ control block, slots ]        `image` is negative, `block` 0
 *   variant I:    [ control block, slots ] tp [ gap ][ image … ] `block` is negative */
struct thrum_tls_layout {
    size_t align;
    size_t before, after; /* bytes wanted below and from tp */
    ptrdiff_t image;      /* its first byte, from tp */
    ptrdiff_t block;      /* the control block, from tp */
};

/* Of an image of `size` bytes whose PT_TLS says `align` and `address` (only the address modulo the
 * alignment matters: linkers keep the image congruent to it). */
struct thrum_tls_layout thrum_tls_layout_of(int variant, size_t gap, size_t size, size_t align,
                                            uintptr_t address);

struct thrum_tls_image {
    const void *initial;
    size_t file_size; /* bytes to copy; the rest is zero */
    struct thrum_tls_layout layout;
    uintptr_t canary;
};
extern struct thrum_tls_image thrum_tls_image;

/* Fills in the image and the head of a block whose memory is zero. */
void thrum_tls_image_install(struct thrum_block *block);

static inline struct thrum_block *thrum_tls_block_at(char *tp)
{
    return (struct thrum_block *)(void *)(tp + thrum_tls_image.layout.block);
}

#endif
