/* FreeBSD on x86-64: a call that shows what becomes of the registers that hold arguments. */
#ifndef THRUM_TEST_FREEBSD_X86_64_H
#define THRUM_TEST_FREEBSD_X86_64_H

/* Of rdi, rsi, rdx, r10, r8, r9: a bit each. */
enum { TEST_FREEBSD_ARGUMENTS = 6, TEST_FREEBSD_KEPT = 0x3, TEST_FREEBSD_CLEARED = 0x38 };

/* getpid, with 1, 2, 3… in them */
#define TEST_FREEBSD_REGISTERS_ASM     \
    ".text\n"                          \
    ".global test_freebsd_registers\n" \
    "test_freebsd_registers:\n"        \
    "    push %rbx\n"                  \
    "    mov %rdi, %rbx\n"             \
    "    mov $1, %edi\n"               \
    "    mov $2, %esi\n"               \
    "    mov $3, %edx\n"               \
    "    mov $4, %r10d\n"              \
    "    mov $5, %r8d\n"               \
    "    mov $6, %r9d\n"               \
    "    mov $20, %eax\n"              \
    "    syscall\n"                    \
    "    mov %rdi, (%rbx)\n"           \
    "    mov %rsi, 8(%rbx)\n"          \
    "    mov %rdx, 16(%rbx)\n"         \
    "    mov %r10, 24(%rbx)\n"         \
    "    mov %r8, 32(%rbx)\n"          \
    "    mov %r9, 40(%rbx)\n"          \
    "    pop %rbx\n"                   \
    "    ret\n"

#endif
