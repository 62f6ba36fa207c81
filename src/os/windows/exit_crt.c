/* The process's end by the last thread, where the program has a C run-time that this is linked with. */
#include <stdlib.h>

#include "thread/life.h"

_Noreturn void thrum_start_exit(int status)
{
    exit(status);
}
