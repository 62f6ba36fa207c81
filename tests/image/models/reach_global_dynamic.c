#define REACH reach_global_dynamic
#include "reach.h"
