/* own program: its TLS image is its subject: one byte, initialised. */
#define IMAGE_DATA 1
#define IMAGE_DATA_ALIGN 1
#define IMAGE_ZERO 0
#define IMAGE_ZERO_ALIGN 1
#include "image.h"
