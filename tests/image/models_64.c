/* own program: how its TLS image is addressed is its subject: alignment 64. */
#define MODEL_ALIGN 64
#include "models/check.h"
