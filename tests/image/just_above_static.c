/* own program: its TLS image is its subject: a little more than main's static area. */
#define IMAGE_DATA 1500
#define IMAGE_DATA_ALIGN 8
#define IMAGE_ZERO 600
#define IMAGE_ZERO_ALIGN 64
#include "image.h"
