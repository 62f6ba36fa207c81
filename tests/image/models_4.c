/* own program: how its TLS image is addressed is its subject: alignment 4. */
#define MODEL_ALIGN 4
#define MODEL_DYNAMIC 0
#include "models/check.h"
