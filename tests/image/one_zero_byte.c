/* own program: its TLS image is its subject: one byte, zeroed. */
#define IMAGE_DATA 0
#define IMAGE_DATA_ALIGN 1
#define IMAGE_ZERO 1
#define IMAGE_ZERO_ALIGN 1
#include "image.h"
