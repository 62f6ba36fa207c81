/* own program: its TLS image is its subject: alignment 4096, initialised. */
#define IMAGE_DATA 5000
#define IMAGE_DATA_ALIGN 4096
#define IMAGE_ZERO 100
#define IMAGE_ZERO_ALIGN 16
#include "image.h"
