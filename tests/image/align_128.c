/* own program: its TLS image is its subject: alignment 128, more than main's static area has. */
#define IMAGE_DATA 200
#define IMAGE_DATA_ALIGN 128
#define IMAGE_ZERO 300
#define IMAGE_ZERO_ALIGN 128
#include "image.h"
