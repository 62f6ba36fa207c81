#ifndef SHAPE_OPENBSD_SYS_FUTEX_H
#define SHAPE_OPENBSD_SYS_FUTEX_H
#ifndef SHAPE_OPENBSD_SYS_TIME_H
#error "<sys/time.h> comes first"
#endif

/* futex(2) */
#include <shape.h>

#define FUTEX_WAIT 1
#define FUTEX_WAKE 2
#define FUTEX_PRIVATE_FLAG 128
#define FUTEX_WAIT_PRIVATE (FUTEX_WAIT | FUTEX_PRIVATE_FLAG)
#define FUTEX_WAKE_PRIVATE (FUTEX_WAKE | FUTEX_PRIVATE_FLAG)

int futex(volatile uint32_t *word, int operation, int value, const struct timespec *length,
          volatile uint32_t *other);

#endif
