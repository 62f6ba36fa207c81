/* own program: its TLS image is its subject: initialised data alone, of odd size. */
#define IMAGE_DATA 1021
#define IMAGE_DATA_ALIGN 8
#define IMAGE_ZERO 0
#define IMAGE_ZERO_ALIGN 1
#include "image.h"
