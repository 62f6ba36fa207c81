/* What src/os/used.c, which serves several systems, asks of each. */
#ifndef THRUM_OS_USED_H
#define THRUM_OS_USED_H

#include <stdbool.h>
#include <stddef.h>

/* As mincore(2): a byte for each page of the range, whose lowest bit says that it is in memory. False
 * if one is not mapped. */
bool thrum_os_resident(void *address, size_t size, unsigned char *answers);

#endif
