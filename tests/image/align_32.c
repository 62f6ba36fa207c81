/* own program: its TLS image is its subject: alignment 32, odd sizes. */
#define IMAGE_DATA 33
#define IMAGE_DATA_ALIGN 32
#define IMAGE_ZERO 65
#define IMAGE_ZERO_ALIGN 32
#include "image.h"
