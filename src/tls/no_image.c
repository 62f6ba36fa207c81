/* Where the system itself gives threads their `__thread` variables: a mapping holds a block and no
 * image. */
#include "tls/image.h"

struct thrum_tls_image thrum_tls_image = {
    .layout = { .align = 64,
                .before = THRUM_BLOCK_TO_TP,
                .after = THRUM_BLOCK_AREA - THRUM_BLOCK_TO_TP,
                .block = -(ptrdiff_t)THRUM_BLOCK_TO_TP },
};

void thrum_tls_image_install(struct thrum_block *block)
{
    block->head.self = block;
}
