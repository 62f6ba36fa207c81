/* own program: its TLS image is its subject: odd sizes of both, alignment 1. */
#define IMAGE_DATA 13
#define IMAGE_DATA_ALIGN 1
#define IMAGE_ZERO 777
#define IMAGE_ZERO_ALIGN 1
#include "image.h"
