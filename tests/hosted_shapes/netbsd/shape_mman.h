/* mmap(2), mincore(2). */
#define MAP_NORESERVE 0x0040
#define MAP_ANONYMOUS MAP_ANON
#define MAP_STACK 0x2000

int mincore(void *address, size_t size, char *answers);
