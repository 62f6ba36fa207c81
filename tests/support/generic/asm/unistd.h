/* For compilers that come without the kernel's headers of their CPU: it is one of those that have
 * all numbers from asm-generic. Which of the optional ones, as the CPU's file in the kernel
 * says. */
#if __SIZEOF_LONG__ == 4
#ifndef __csky__ /* which has them, and whose file does without */
#define __ARCH_WANT_TIME32_SYSCALLS
#endif
#define __ARCH_WANT_SET_GET_RLIMIT
#define __ARCH_WANT_STAT64
#endif
#include <asm-generic/unistd.h>
