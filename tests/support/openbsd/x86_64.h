/* OpenBSD on x86-64: calls that are the end of a program. */
#ifndef THRUM_TEST_OPENBSD_X86_64_H
#define THRUM_TEST_OPENBSD_X86_64_H

#define TEST_OPENBSD_CALLS_ASM                                                               \
    ".text\n"                                                                                \
    ".global test_openbsd_unlisted\n"                                                        \
    "test_openbsd_unlisted:\n"                                                               \
    "    mov $20, %eax\n"                                                                    \
    "    jmp 1f + 1\n"                                                                       \
    "1:  mov $0xc3050f, %ecx\n" /* within: syscall, ret; tests/house/bsd.sh sees a number */ \
    ".global test_openbsd_on_stack\n"                                                        \
    "test_openbsd_on_stack:\n"                                                               \
    "    push %rbx\n"                                                                        \
    "    mov %rsp, %rbx\n"                                                                   \
    "    mov %rdi, %rsp\n"                                                                   \
    "    call thrum_bsd_getpid\n"                                                            \
    "    mov %rbx, %rsp\n"                                                                   \
    "    pop %rbx\n"                                                                         \
    "    ret\n"

#endif
