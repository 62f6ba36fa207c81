#define REACH reach_initial_exec
#include "reach.h"
