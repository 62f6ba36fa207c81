/* own program: how its TLS image is addressed is its subject: alignment 128. */
#define MODEL_ALIGN 128
#include "models/check.h"
