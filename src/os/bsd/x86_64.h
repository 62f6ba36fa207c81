/* How a BSD kernel is called on x86-64, and where threads begin. */
#ifndef THRUM_OS_BSD_X86_64_H
#define THRUM_OS_BSD_X86_64_H

#define THRUM_BSD_FUNCTION(name)                  \
    ".section .text." #name ",\"ax\",@progbits\n" \
    ".hidden " #name "\n"                         \
    ".global " #name "\n"                         \
    ".type " #name ", @function\n"                \
    "    .p2align 4\n" #name ":\n"                \
    "    .cfi_startproc\n"                        \
    "    endbr64\n"

#define THRUM_BSD_FUNCTION_END(name) \
    "    .cfi_endproc\n"             \
    ".size " #name ", . - " #name "\n"

/* A function a call, because so its instruction stands at one place only, and because whatever
 * registers a kernel destroys (NetBSD rdx, FreeBSD r8 to r10, DragonFly r10), a function may. The
 * seventh argument is where kernels look for it: above the return address. An error is told by the
 * carry flag, and as a positive number. */
#define THRUM_BSD_CALL_ASM(name, number, pin) \
    THRUM_BSD_FUNCTION(name)                  \
    "    mov $" #number ", %eax\n"            \
    "    mov %rcx, %r10\n"                    \
    ".Lcall_" #name ":\n"                     \
    "    syscall\n"                           \
    "    jc 1f\n"                             \
    "    ret\n"                               \
    "1:  neg %rax\n"                          \
    "    ret\n" THRUM_BSD_FUNCTION_END(name) pin

/* A call that answers once more, 0, in a new thread, on a stack that has nothing to return to but
 * the argument of thrum_bsd_born. */
#define THRUM_BSD_TFORK_ASM(name, number, pin) \
    THRUM_BSD_FUNCTION(name)                   \
    "    mov $" #number ", %eax\n"             \
    ".Lcall_" #name ":\n"                      \
    "    syscall\n"                            \
    "    jc 1f\n"                              \
    "    test %eax, %eax\n"                    \
    "    jz 2f\n"                              \
    "    ret\n"                                \
    "1:  neg %rax\n"                           \
    "    ret\n"                                \
    "2:  .cfi_undefined rip\n"                 \
    "    xor %ebp, %ebp\n"                     \
    "    mov (%rsp), %rdi\n"                   \
    "    call thrum_bsd_born\n"                \
    "    hlt\n" THRUM_BSD_FUNCTION_END(name) pin

/* Where a kernel that has no trampoline of its own returns from a handler: setcontext, whose
 * argument it has left in r15. */
#define THRUM_BSD_TRAMPOLINE_ASM(name, number) \
    THRUM_BSD_FUNCTION(name)                   \
    "    mov %r15, %rdi\n"                     \
    "    mov $" #number ", %eax\n"             \
    "    syscall\n"                            \
    "    hlt\n" THRUM_BSD_FUNCTION_END(name)

#endif
