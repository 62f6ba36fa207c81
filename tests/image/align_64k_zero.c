/* own program: its TLS image is its subject: alignment 64 KiB, zeroed data alone. */
#define IMAGE_DATA 0
#define IMAGE_DATA_ALIGN 1
#define IMAGE_ZERO 65537
#define IMAGE_ZERO_ALIGN 65536
#include "image.h"
