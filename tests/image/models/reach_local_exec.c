#define REACH reach_local_exec
#include "reach.h"
