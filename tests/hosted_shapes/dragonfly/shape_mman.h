/* mmap(2), mincore(2). */
#define MAP_NORESERVE 0x0040
#define MAP_STACK 0x0400

int mincore(const void *address, size_t size, char *answers);
