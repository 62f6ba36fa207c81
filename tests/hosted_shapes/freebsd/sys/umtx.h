#ifndef SHAPE_FREEBSD_SYS_UMTX_H
#define SHAPE_FREEBSD_SYS_UMTX_H
#ifndef SHAPE_SYS_TYPES_H
#error "<sys/types.h> comes first"
#endif

/* _umtx_op(2) */
#include <shape.h>

#define UMTX_OP_WAIT_UINT_PRIVATE 15
#define UMTX_OP_WAKE_PRIVATE 16
#define UMTX_ABSTIME 0x01

struct _umtx_time {
    struct timespec _timeout;
    uint32_t _flags, _clockid;
};

int _umtx_op(void *object, int operation, u_long value, void *address, void *address2);

#endif
