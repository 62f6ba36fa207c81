/* How a BSD kernel is called on AArch64, and where threads begin. A system's own file has its
 * instruction:
 *
 *   THRUM_BSD_ENTER_ASM(name, number)   the call, with arguments in x0 to x7; .Lcall_NAME is where */
#ifndef THRUM_OS_BSD_AARCH64_H
#define THRUM_OS_BSD_AARCH64_H

#include THRUM_BSD_SYSTEM_CPU_FILE

/* hint 34 is bti c, under a name that every assembler knows. */
#define THRUM_BSD_FUNCTION(name)                  \
    ".section .text." #name ",\"ax\",%progbits\n" \
    ".hidden " #name "\n"                         \
    ".global " #name "\n"                         \
    ".type " #name ", %function\n"                \
    "    .p2align 4\n" #name ":\n"                \
    "    .cfi_startproc\n"                        \
    "    hint #34\n"

#define THRUM_BSD_FUNCTION_END(name) \
    "    .cfi_endproc\n"             \
    ".size " #name ", . - " #name "\n"

/* A function a call, so that its instruction stands at one place only. What kernels want and destroy
 * (x0, x1, and the number's register) a function has and may. An error is told by the carry flag,
 * and as a positive number. */
#define THRUM_BSD_CALL_ASM(name, number, pin) \
    THRUM_BSD_FUNCTION(name)                  \
    THRUM_BSD_ENTER_ASM(name, number)         \
    "    b.cs 1f\n"                           \
    "    ret\n"                               \
    "1:  neg x0, x0\n"                        \
    "    ret\n" THRUM_BSD_FUNCTION_END(name) pin

/* A call that answers once more, 0, in a new thread, on a stack that has nothing to return to but
 * the argument of thrum_bsd_born. */
#define THRUM_BSD_TFORK_ASM(name, number, pin) \
    THRUM_BSD_FUNCTION(name)                   \
    THRUM_BSD_ENTER_ASM(name, number)          \
    "    b.cs 1f\n"                            \
    "    cbz x0, 2f\n"                         \
    "    ret\n"                                \
    "1:  neg x0, x0\n"                         \
    "    ret\n"                                \
    "2:  .cfi_undefined x30\n"                 \
    "    mov x29, #0\n"                        \
    "    mov x30, #0\n"                        \
    "    ldr x0, [sp]\n"                       \
    "    b thrum_bsd_born\n" THRUM_BSD_FUNCTION_END(name) pin

/* Where a kernel that has no trampoline of its own returns from a handler: setcontext, whose
 * argument it has left in x28. */
#define THRUM_BSD_TRAMPOLINE_ASM(name, number)    \
    THRUM_BSD_FUNCTION(name)                      \
    "    mov x0, x28\n" THRUM_BSD_ENTER_ASM(name, \
                                            number) "    brk #1\n" THRUM_BSD_FUNCTION_END(name)

#endif
