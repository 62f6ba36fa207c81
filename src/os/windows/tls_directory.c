/* What the loader reads to give each thread its native thread-local variables (clang's, MSVC's), in a
 * program without a C run-time, which would have it. Compilers refer to _tls_index, which brings this
 * file in; the linker finds _tls_used. The sections' names put the marks before and behind what
 * compilers have put in between. */
#include <stdint.h>

struct directory { /* IMAGE_TLS_DIRECTORY */
    uintptr_t start, end, index, callbacks;
    uint32_t zeroes, characteristics;
};

/* One section: what uses the index keeps the directory, which nobody else refers to. */
#define TOGETHER __attribute__((section(".data$tls_directory"), used))

extern uint32_t _tls_index;
uint32_t _tls_index TOGETHER = 0;
static char before __attribute__((section(".tls"), used));
static char behind __attribute__((section(".tls$ZZZ"), used));

extern struct directory _tls_used;
struct directory _tls_used TOGETHER = {
    (uintptr_t)&before, (uintptr_t)&behind, (uintptr_t)&_tls_index, 0, 0, 0
};
