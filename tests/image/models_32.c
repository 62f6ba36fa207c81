/* own program: how its TLS image is addressed is its subject: alignment 32. */
#define MODEL_ALIGN 32
#include "models/check.h"
