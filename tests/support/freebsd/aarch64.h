/* FreeBSD on AArch64: a call that shows what becomes of the registers that hold arguments. */
#ifndef THRUM_TEST_FREEBSD_AARCH64_H
#define THRUM_TEST_FREEBSD_AARCH64_H

/* Of x0 (which has the answer) to x7: a bit each. */
enum { TEST_FREEBSD_ARGUMENTS = 8, TEST_FREEBSD_KEPT = 0xfc, TEST_FREEBSD_CLEARED = 0x2 };

/* getpid, with 1, 2, 3… in them */
#define TEST_FREEBSD_REGISTERS_ASM     \
    ".text\n"                          \
    ".global test_freebsd_registers\n" \
    "test_freebsd_registers:\n"        \
    "    mov x9, x0\n"                 \
    "    mov x0, #1\n"                 \
    "    mov x1, #2\n"                 \
    "    mov x2, #3\n"                 \
    "    mov x3, #4\n"                 \
    "    mov x4, #5\n"                 \
    "    mov x5, #6\n"                 \
    "    mov x6, #7\n"                 \
    "    mov x7, #8\n"                 \
    "    mov x8, #20\n"                \
    "    svc #0\n"                     \
    "    stp x0, x1, [x9]\n"           \
    "    stp x2, x3, [x9, #16]\n"      \
    "    stp x4, x5, [x9, #32]\n"      \
    "    stp x6, x7, [x9, #48]\n"      \
    "    ret\n"

#endif
