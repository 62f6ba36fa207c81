/* own program: its TLS image is its subject: alignment 4096, zeroed data the more aligned. */
#define IMAGE_DATA 3
#define IMAGE_DATA_ALIGN 1
#define IMAGE_ZERO 4097
#define IMAGE_ZERO_ALIGN 4096
#include "image.h"
