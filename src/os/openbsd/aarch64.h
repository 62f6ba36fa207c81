/* OpenBSD on AArch64 (sys/arch/arm64/arm64/syscall.c). */
#ifndef THRUM_OS_OPENBSD_AARCH64_H
#define THRUM_OS_OPENBSD_AARCH64_H

/* The kernel returns behind two instructions that must be these: a barrier, so that no CPU goes on
 * at a guess while the kernel runs. */
#define THRUM_BSD_ENTER_ASM(name, number) \
    "    mov x8, #" #number "\n"          \
    ".Lcall_" #name ":\n"                 \
    "    svc #0\n"                        \
    "    dsb nsh\n"                       \
    "    isb\n"

#endif
