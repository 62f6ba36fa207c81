/* own program: its TLS image is its subject: a MiB, larger than the stacks asked for. */
#define IMAGE_DATA 65536
#define IMAGE_DATA_ALIGN 64
#define IMAGE_ZERO 983041
#define IMAGE_ZERO_ALIGN 64
#include "image.h"
