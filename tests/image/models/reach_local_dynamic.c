#define REACH reach_local_dynamic
#include "reach.h"
