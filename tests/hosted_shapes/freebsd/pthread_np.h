#ifndef SHAPE_FREEBSD_PTHREAD_NP_H
#define SHAPE_FREEBSD_PTHREAD_NP_H
#ifndef SHAPE_PTHREAD_H
#error "<pthread.h> comes first"
#endif

/* pthread_attr_get_np(3), pthread_getthreadid_np(3), pthread_main_np(3), pthread_peekjoin_np(3) */
#include <pthread.h>

int pthread_attr_get_np(pthread_t thread, pthread_attr_t *attributes);
int pthread_getthreadid_np(void);
int pthread_main_np(void);
int pthread_peekjoin_np(pthread_t thread, void **result);

#endif
