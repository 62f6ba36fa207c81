/* All threads hardened: in a program that is linked with -Wl,-u,thrum_harden_threads. */
#include "thread/mapping.h"

void thrum_harden_threads(void);

/* What the flag makes the linker look for. */
void thrum_harden_threads(void)
{
}

const bool thrum_mapping_hardens = true;
