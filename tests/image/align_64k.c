/* own program: its TLS image is its subject: alignment 64 KiB, initialised. */
#define IMAGE_DATA 70001
#define IMAGE_DATA_ALIGN 65536
#define IMAGE_ZERO 33
#define IMAGE_ZERO_ALIGN 8
#include "image.h"
