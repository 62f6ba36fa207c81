/* The addresses of variables that another file defines, as this file's TLS model finds them. The
 * build compiles each file here with a model of its own. */
#include <thrum.h>

#include "models.h"

extern THRUM_THREAD_LOCAL unsigned char model_first[], model_data[], model_zero[], model_last[];

void REACH(void *addresses[MODEL_VARIABLES])
{
    addresses[0] = model_first;
    addresses[1] = model_data;
    addresses[2] = model_zero;
    addresses[3] = model_last;
}
