/* own program: its TLS image is its subject: alignment 64, initialised data the more aligned. */
#define IMAGE_DATA 129
#define IMAGE_DATA_ALIGN 64
#define IMAGE_ZERO 7
#define IMAGE_ZERO_ALIGN 1
#include "image.h"
