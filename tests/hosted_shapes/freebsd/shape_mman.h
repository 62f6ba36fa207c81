/* mmap(2), mincore(2). */
#define MAP_ANONYMOUS MAP_ANON
#define MAP_STACK 0x0400

int mincore(const void *address, size_t size, char *answers);
