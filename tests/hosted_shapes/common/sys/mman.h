#ifndef SHAPE_SYS_MMAN_H
#define SHAPE_SYS_MMAN_H

#include <shape.h>

#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define MAP_PRIVATE 0x0002
#define MAP_FIXED 0x0010
#define MAP_FAILED ((void *)-1)

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
int mprotect(void *address, size_t size, int protection);
int munmap(void *address, size_t size);

#if SHAPE_ALL
#define MAP_ANON 0x1000
#define MADV_DONTNEED 4
#include <shape_mman.h>

int madvise(void *address, size_t size, int advice);
#endif

#endif
