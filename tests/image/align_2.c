/* own program: its TLS image is its subject: alignment 2. */
#define IMAGE_DATA 6
#define IMAGE_DATA_ALIGN 2
#define IMAGE_ZERO 10
#define IMAGE_ZERO_ALIGN 2
#include "image.h"
