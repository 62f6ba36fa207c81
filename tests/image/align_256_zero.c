/* own program: its TLS image is its subject: zeroed data the more aligned. Some linkers then begin
 * the segment at an address that is no multiple of its alignment (field.md 3.3, 34). */
#define IMAGE_DATA 5
#define IMAGE_DATA_ALIGN 1
#define IMAGE_ZERO 300
#define IMAGE_ZERO_ALIGN 256
#include "image.h"
