#ifndef SHAPE_OPENBSD_PTHREAD_NP_H
#define SHAPE_OPENBSD_PTHREAD_NP_H
#ifndef SHAPE_SIGNAL_H
#error "<signal.h> comes first"
#endif
#ifndef SHAPE_PTHREAD_H
#error "<pthread.h> comes first"
#endif

/* pthread_main_np(3), pthread_stackseg_np(3) */
#include <pthread.h>

int pthread_main_np(void);
int pthread_stackseg_np(pthread_t thread, stack_t *stack);

#endif
