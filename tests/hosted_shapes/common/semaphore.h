#ifndef SHAPE_SEMAPHORE_H
#define SHAPE_SEMAPHORE_H

#include <shape.h>

int sem_destroy(sem_t *semaphore);
int sem_init(sem_t *semaphore, int shared, unsigned value);
int sem_post(sem_t *semaphore);
int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline);
int sem_wait(sem_t *semaphore);

#endif
