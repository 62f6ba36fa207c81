/* What this folder asks of a CPU: the register that leads to the thread's environment block (TEB), where
 * in it things are (the ABI's, the same since Windows NT), and a call on another stack. */
#ifndef THRUM_OS_WINDOWS_CPU_H
#define THRUM_OS_WINDOWS_CPU_H

#include <stdint.h>

/* Words of the TEB: the first 64 slots of TlsAlloc; the highest and lowest address in use of the
 * stack, and where it was reserved from. */
#if UINTPTR_MAX > UINT32_MAX
enum { THRUM_WINDOWS_SLOTS = 0x1480, THRUM_WINDOWS_RESERVED_FROM = 0x1478 };
#else
enum { THRUM_WINDOWS_SLOTS = 0xe10, THRUM_WINDOWS_RESERVED_FROM = 0xe0c };
#endif
enum { THRUM_WINDOWS_STACK_BASE = sizeof(void *), THRUM_WINDOWS_STACK_LIMIT = 2 * sizeof(void *) };

/*   void *thrum_windows_teb_word(uint32_t at)               a word of it
 *   void thrum_windows_set_teb_word(uint32_t at, void *word)
 *   THRUM_WINDOWS_ON_STACK      top-level asm of the function below
 *
 * It is not inlined anywhere, so that the debugger's and the system's way through frames is known. */
void thrum_windows_on_stack(void (*function)(uintptr_t argument), uintptr_t argument, void *top);

#if defined(__x86_64__)

static inline void *thrum_windows_teb_word(uint32_t at)
{
    void *word;
    __asm__ volatile("movq %%gs:(%1), %0" : "=r"(word) : "r"((uint64_t)at));
    return word;
}

static inline void thrum_windows_set_teb_word(uint32_t at, void *word)
{
    __asm__ volatile("movq %0, %%gs:(%1)" ::"r"(word), "r"((uint64_t)at) : "memory");
}

/* rcx, rdx, r8; 32 bytes that the callee may write above its return address. */
#define THRUM_WINDOWS_ON_STACK           \
    ".text\n"                            \
    ".globl thrum_windows_on_stack\n"    \
    ".seh_proc thrum_windows_on_stack\n" \
    "thrum_windows_on_stack:\n"          \
    "    pushq %rbp\n"                   \
    "    .seh_pushreg %rbp\n"            \
    "    movq %rsp, %rbp\n"              \
    "    .seh_setframe %rbp, 0\n"        \
    "    .seh_endprologue\n"             \
    "    leaq -32(%r8), %rsp\n"          \
    "    movq %rcx, %rax\n"              \
    "    movq %rdx, %rcx\n"              \
    "    call *%rax\n"                   \
    "    movq %rbp, %rsp\n"              \
    "    popq %rbp\n"                    \
    "    ret\n"                          \
    "    .seh_endproc\n"

#elif defined(__i386__)

static inline void *thrum_windows_teb_word(uint32_t at)
{
    void *word;
    __asm__ volatile("movl %%fs:(%1), %0" : "=r"(word) : "r"(at));
    return word;
}

static inline void thrum_windows_set_teb_word(uint32_t at, void *word)
{
    __asm__ volatile("movl %0, %%fs:(%1)" ::"r"(word), "r"(at) : "memory");
}

#define THRUM_WINDOWS_ON_STACK         \
    ".text\n"                          \
    ".globl _thrum_windows_on_stack\n" \
    "_thrum_windows_on_stack:\n"       \
    "    pushl %ebp\n"                 \
    "    movl %esp, %ebp\n"            \
    "    movl 8(%ebp), %eax\n"         \
    "    movl 12(%ebp), %ecx\n"        \
    "    movl 16(%ebp), %esp\n"        \
    "    subl $16, %esp\n"             \
    "    movl %ecx, (%esp)\n"          \
    "    call *%eax\n"                 \
    "    movl %ebp, %esp\n"            \
    "    popl %ebp\n"                  \
    "    ret\n"

#elif defined(__aarch64__)

static inline void *thrum_windows_teb_word(uint32_t at)
{
    void *word;
    __asm__ volatile("ldr %0, [x18, %1]" : "=r"(word) : "r"((uint64_t)at));
    return word;
}

static inline void thrum_windows_set_teb_word(uint32_t at, void *word)
{
    __asm__ volatile("str %0, [x18, %1]" ::"r"(word), "r"((uint64_t)at) : "memory");
}

#define THRUM_WINDOWS_ON_STACK           \
    ".text\n"                            \
    ".globl thrum_windows_on_stack\n"    \
    ".p2align 2\n"                       \
    ".seh_proc thrum_windows_on_stack\n" \
    "thrum_windows_on_stack:\n"          \
    "    stp x29, x30, [sp, #-16]!\n"    \
    "    .seh_save_fplr_x 16\n"          \
    "    mov x29, sp\n"                  \
    "    .seh_set_fp\n"                  \
    "    .seh_endprologue\n"             \
    "    mov x9, x0\n"                   \
    "    mov x0, x1\n"                   \
    "    mov sp, x2\n"                   \
    "    blr x9\n"                       \
    "    .seh_startepilogue\n"           \
    "    mov sp, x29\n"                  \
    "    .seh_set_fp\n"                  \
    "    ldp x29, x30, [sp], #16\n"      \
    "    .seh_save_fplr_x 16\n"          \
    "    .seh_endepilogue\n"             \
    "    ret\n"                          \
    "    .seh_endproc\n"

/* x15: the bytes, divided by 16; only x16 and x17 may change (Microsoft's ARM64 ABI conventions). Looks
 * at each page from the stack pointer down. */
#define THRUM_WINDOWS_PROBE_ASM  \
    ".text\n"                    \
    ".globl __chkstk\n"          \
    ".p2align 2\n"               \
    "__chkstk:\n"                \
    "    lsl x16, x15, #4\n"     \
    "    mov x17, sp\n"          \
    "1:\n"                       \
    "    sub x17, x17, #4096\n"  \
    "    ldr xzr, [x17]\n"       \
    "    subs x16, x16, #4096\n" \
    "    b.gt 1b\n"              \
    "    ret\n"

#else
#error "the thread's environment block of this CPU is not known"
#endif

#endif
