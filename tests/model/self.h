/* How a thread of the model finds its block: the machine knows whose turn it is. Included by
 * block.h. */
#ifndef THRUM_MODEL_SELF_H
#define THRUM_MODEL_SELF_H

#define THRUM_BLOCK_TO_TP 0

struct thrum_block *model_block(void);

static inline struct thrum_block *thrum_block_self(void)
{
    return model_block();
}

#endif
