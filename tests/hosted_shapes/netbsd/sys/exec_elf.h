#ifndef SHAPE_NETBSD_SYS_EXEC_ELF_H
#define SHAPE_NETBSD_SYS_EXEC_ELF_H

/* elf(5) */
#include <stdint.h>

typedef struct {
    uint32_t a_type;
    uint64_t a_v;
} AuxInfo;

#define AT_NULL 0
#define AT_STACKBASE 13

#endif
