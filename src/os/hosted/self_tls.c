/* Where a thread finds its block: see self.h. */
#include "thread/block.h"

__thread struct thrum_block *thrum_hosted_self;
