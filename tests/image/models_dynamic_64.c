/* own program: how its TLS image is addressed is its subject: as from shared libraries, alignment 64. */
#define MODEL_ALIGN 64
#define MODEL_DYNAMIC 1
#include "models/check.h"
