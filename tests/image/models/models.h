/* What the programs models_*.c and the files that reach for their variables share. */
#ifndef THRUM_TEST_MODELS_H
#define THRUM_TEST_MODELS_H

enum { MODEL_VARIABLES = 4 };

void reach_global_dynamic(void *addresses[MODEL_VARIABLES]);
void reach_local_dynamic(void *addresses[MODEL_VARIABLES]);
void reach_initial_exec(void *addresses[MODEL_VARIABLES]);
void reach_local_exec(void *addresses[MODEL_VARIABLES]);

#endif
