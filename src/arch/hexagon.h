/* Hexagon (Qualcomm Hexagon Application Binary Interface, 80-N2040-23). */
#ifndef THRUM_ARCH_HEXAGON_H
#define THRUM_ARCH_HEXAGON_H

#define THRUM_ARCH_TLS_VARIANT 2
#define THRUM_ARCH_STACK_ALIGN 8

static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("%0 = ugp" : "=r"(pointer));
    return pointer;
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("pause(#8)" ::: "memory");
}

/* r29: argc, argv…, NULL, envp…, NULL, auxv… No frame and no return address end the chain. */
#define THRUM_ARCH_ENTRY          \
    ".text\n"                     \
    ".global _start\n"            \
    ".type _start, @function\n"   \
    "_start:\n"                   \
    "    .cfi_startproc\n"        \
    "    .cfi_undefined r31\n"    \
    "    r0 = r29\n"              \
    "    r29 = and(r29, #-8)\n"   \
    "    r30 = #0\n"              \
    "    r31 = #0\n"              \
    "    jump thrum_start_main\n" \
    "    .cfi_endproc\n"          \
    ".size _start, . - _start\n"

/* What clang calls for a copy of whole double words: as memcpy. */
#define THRUM_ARCH_HELPERS_ASM                                                 \
    ".section .text.memcpy_of_double_words, \"ax\", @progbits\n"               \
    ".hidden __hexagon_memcpy_likely_aligned_min32bytes_mult8bytes\n"          \
    ".weak __hexagon_memcpy_likely_aligned_min32bytes_mult8bytes\n"            \
    ".type __hexagon_memcpy_likely_aligned_min32bytes_mult8bytes, @function\n" \
    "__hexagon_memcpy_likely_aligned_min32bytes_mult8bytes:\n"                 \
    "    jump memcpy\n"                                                        \
    ".size __hexagon_memcpy_likely_aligned_min32bytes_mult8bytes, . - "        \
    "__hexagon_memcpy_likely_aligned_min32bytes_mult8bytes\n"                  \
    ".text\n"

#endif
