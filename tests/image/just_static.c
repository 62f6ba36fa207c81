/* own program: its TLS image is its subject: a size around that of main's static area. */
#define IMAGE_DATA 1000
#define IMAGE_DATA_ALIGN 8
#define IMAGE_ZERO 17
#define IMAGE_ZERO_ALIGN 8
#include "image.h"
