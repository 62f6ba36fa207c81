/* OpenBSD on AArch64: calls that are the end of a program. */
#ifndef THRUM_TEST_OPENBSD_AARCH64_H
#define THRUM_TEST_OPENBSD_AARCH64_H

#define TEST_OPENBSD_CALLS_ASM                                              \
    ".text\n"                                                               \
    ".global test_openbsd_unlisted\n"                                       \
    "test_openbsd_unlisted:\n"                                              \
    "    mov x8, #20\n"                                                     \
    "    .word 0xd4000001\n" /* svc #0; tests/house/bsd.sh sees a number */ \
    "    dsb nsh\n"                                                         \
    "    isb\n"                                                             \
    "    ret\n"                                                             \
    ".global test_openbsd_on_stack\n"                                       \
    "test_openbsd_on_stack:\n"                                              \
    "    stp x19, x30, [sp, #-16]!\n"                                       \
    "    mov x19, sp\n"                                                     \
    "    sub sp, x0, #16\n"                                                 \
    "    bl thrum_bsd_getpid\n"                                             \
    "    mov sp, x19\n"                                                     \
    "    ldp x19, x30, [sp], #16\n"                                         \
    "    ret\n"

#endif
