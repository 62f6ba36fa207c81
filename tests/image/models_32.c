/* own program: how its TLS image is addressed is its subject: alignment 32. */
#define MODEL_ALIGN 32
#define MODEL_DYNAMIC 0
#include "models/check.h"
