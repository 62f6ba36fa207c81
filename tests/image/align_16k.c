/* own program: its TLS image is its subject: alignment 16 KiB, both. */
#define IMAGE_DATA 1
#define IMAGE_DATA_ALIGN 16384
#define IMAGE_ZERO 1
#define IMAGE_ZERO_ALIGN 16384
#include "image.h"
