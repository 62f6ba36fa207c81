/* Between the process that meets refusals (refusal_live.c) and the one that makes them (refusals.c). */
#ifndef THRUM_TEST_REFUSAL_LIVE_H
#define THRUM_TEST_REFUSAL_LIVE_H

#include "refusals.h"

/* In memory that both share. */
struct refusal_told {
    thrum_status status;  /* of the refused act */
    size_t kept;          /* bytes in the cache at the end */
    bool may_keep_memory; /* a hole was refused: its addresses stay reserved */
    bool may_keep_file;   /* a close was */
};

struct refusal_life {
    const struct refusal_scenario *scenario;
    struct refusal_told *told;
};

/* Goes through the act once with refusals and then without; `life` is a struct refusal_life. */
void refusal_live(void *life);

#endif
