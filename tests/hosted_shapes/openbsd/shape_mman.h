/* mmap(2). There is no mincore. */
#define MAP_NORESERVE 0
#define MAP_ANONYMOUS MAP_ANON
#define MAP_STACK 0x4000
