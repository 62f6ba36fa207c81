/* What src/os/used.c, which serves several systems, asks of each. */
#ifndef THRUM_OS_USED_H
#define THRUM_OS_USED_H

#include <stdbool.h>
#include <stddef.h>

enum thrum_os_residence {
    THRUM_OS_TOLD,
    THRUM_OS_UNMAPPED, /* one of the pages */
    THRUM_OS_UNTOLD    /* the system refuses to tell */
};

/* As mincore(2): a byte for each page of the range, whose lowest bit says that it is in memory. */
enum thrum_os_residence thrum_os_resident(void *address, size_t size, unsigned char *answers);

#endif
