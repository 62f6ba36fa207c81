#ifndef SHAPE_PTHREAD_H
#define SHAPE_PTHREAD_H

#include <shape.h>

#define PTHREAD_DESTRUCTOR_ITERATIONS 4

int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));
int pthread_attr_destroy(pthread_attr_t *attributes);
int pthread_attr_getguardsize(const pthread_attr_t *restrict attributes, size_t *restrict size);
int pthread_attr_getstack(const pthread_attr_t *restrict attributes, void **restrict base,
                          size_t *restrict size);
int pthread_attr_init(pthread_attr_t *attributes);
int pthread_attr_setstack(pthread_attr_t *attributes, void *base, size_t size);
int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                   void *(*run)(void *), void *restrict argument);
int pthread_detach(pthread_t thread);
_Noreturn void pthread_exit(void *result);
void *pthread_getspecific(pthread_key_t key);
int pthread_join(pthread_t thread, void **result);
int pthread_key_create(pthread_key_t *key, void (*destructor)(void *));
int pthread_mutex_init(pthread_mutex_t *restrict mutex,
                       const pthread_mutexattr_t *restrict attributes);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_unlock(pthread_mutex_t *mutex);
int pthread_once(pthread_once_t *once, void (*run)(void));
pthread_t pthread_self(void);
int pthread_setspecific(pthread_key_t key, const void *value);
#if SHAPE_ALL
SHAPE_PTHREAD_MORE
#endif

#endif
