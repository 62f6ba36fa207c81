/* own program: its TLS image is its subject: larger than the default stack of 32-bit systems, with
 * an alignment of 2 MiB. */
#define IMAGE_DATA 100
#define IMAGE_DATA_ALIGN 1
#define IMAGE_ZERO 4194304
#define IMAGE_ZERO_ALIGN 2097152
#include "image.h"
