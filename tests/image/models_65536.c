/* own program: how its TLS image is addressed is its subject: alignment 65536. */
#define MODEL_ALIGN 65536
#define MODEL_DYNAMIC 0
#include "models/check.h"
