/* own program: its TLS image is its subject: zeroed data alone, of odd size. */
#define IMAGE_DATA 0
#define IMAGE_DATA_ALIGN 1
#define IMAGE_ZERO 3001
#define IMAGE_ZERO_ALIGN 16
#include "image.h"
