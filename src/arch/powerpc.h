/* PowerPC, 32 and 64 bits, both byte orders (Power Architecture 32-bit ABI Supplement; 64-bit ELF
 * ABIs, V1 and V2). */
#ifndef THRUM_ARCH_POWERPC_H
#define THRUM_ARCH_POWERPC_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TP_BIAS 0x7000
#define THRUM_ARCH_DTV_BIAS 0x8000
#define THRUM_ARCH_STACK_ALIGN 16
#define THRUM_ARCH_R_RELATIVE 22
#define THRUM_ARCH_R_IRELATIVE 248
#define THRUM_ARCH_R_TPREL 73

/* What differs: the thread pointer's register, the canary's distance from it, and in asm the words
 * for a pointer's load and store; the least frame that a callee may write to, whose first word 0
 * ends the chain of frames; a word in it that is free until a function is called; how a function
 * begins and ends. */
#ifndef __powerpc64__
#define THRUM_ARCH_POWERPC_TP "2"
#define THRUM_ARCH_CANARY_AT (-8) /* -0x7008(2) */
#define THRUM_ARCH_POWERPC_LOAD "lwz"
#define THRUM_ARCH_POWERPC_STORE "stw"
#define THRUM_ARCH_POWERPC_FRAME "16"
#define THRUM_ARCH_POWERPC_FREE "8"
#define THRUM_ARCH_POWERPC_BEGIN \
    ".type \\name, @function\n"  \
    "\\name:\n"
#define THRUM_ARCH_POWERPC_END ".size \\name, . - \\name\n"
#else
#define THRUM_ARCH_POWERPC_TP "13"
#define THRUM_ARCH_CANARY_AT (-16) /* -0x7010(13) */
#define THRUM_ARCH_POWERPC_LOAD "ld"
#define THRUM_ARCH_POWERPC_STORE "std"
#if _CALL_ELF == 2
/* It is called with its own address in 12, and makes of that the TOC's. */
#define THRUM_ARCH_POWERPC_FRAME "48"
#define THRUM_ARCH_POWERPC_FREE "32"
#define THRUM_ARCH_POWERPC_BEGIN             \
    ".type \\name, @function\n"              \
    "\\name:\n"                              \
    "    addis 2, 12, (.TOC. - \\name)@ha\n" \
    "    addi 2, 2, (.TOC. - \\name)@l\n"    \
    ".localentry \\name, . - \\name\n"
#define THRUM_ARCH_POWERPC_END ".size \\name, . - \\name\n"
#else
/* The name is a descriptor's: address, TOC, and a third word that C does not use. */
#define THRUM_ARCH_POWERPC_FRAME "112"
#define THRUM_ARCH_POWERPC_FREE "48"
#define THRUM_ARCH_POWERPC_BEGIN              \
    ".section .opd, \"aw\"\n"                 \
    ".balign 8\n"                             \
    "\\name:\n"                               \
    "    .quad .L.\\name, .TOC.@tocbase, 0\n" \
    ".text\n"                                 \
    ".type \\name, @function\n"               \
    ".L.\\name:\n"
#define THRUM_ARCH_POWERPC_END ".size \\name, . - .L.\\name\n"
#endif
#endif
#define THRUM_ARCH_POWERPC_MACROS                                                  \
    ".macro begin_function name\n"                                                 \
    ".text\n"                                                                      \
    ".global \\name\n" THRUM_ARCH_POWERPC_BEGIN ".endm\n"                          \
    ".macro end_function name\n" THRUM_ARCH_POWERPC_END ".purgem begin_function\n" \
    ".purgem end_function\n"                                                       \
    ".endm\n"

/* ELFv1: calls by the linker's table want a copy of the function's descriptor there. */
#if defined(__powerpc64__) && _CALL_ELF != 2
#define THRUM_ARCH_R_JUMP_IRELATIVE 247
#define THRUM_ARCH_OWN_RESOLVED
static inline void thrum_arch_resolved(uintptr_t *place, uint32_t type, uintptr_t value)
{
    const uintptr_t *descriptor = (const uintptr_t *)value;
    place[0] = value;
    for (int i = 0; i < 3 && type == THRUM_ARCH_R_JUMP_IRELATIVE; i++)
        place[i] = descriptor[i];
}
#endif

/* 32 bits, -Os: functions save registers below the address in 11, and restore them from there, with
 * the help of these, which the ABI leaves to the compiler's library (those of 64 bits it leaves to
 * the linker). Each begins in the middle of another. The last also return from their caller. */
#ifndef __powerpc64__
#define THRUM_ARCH_POWERPC_EACH \
    ".irp r, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
#define THRUM_ARCH_HELPERS_ASM                                            \
    ".macro chain name, instruction\n"                                    \
    ".weak \\name\n"                                                      \
    ".hidden \\name\n"                                                    \
    ".type \\name, @function\n"                                           \
    "\\name:\n"                                                           \
    "    \\instruction\n"                                                 \
    ".endm\n"                                                             \
    ".section .text.save, \"ax\", @progbits\n" THRUM_ARCH_POWERPC_EACH    \
    "    chain _savegpr_\\r, \"stw \\r, 4 * \\r - 128(11)\"\n"            \
    ".endr\n"                                                             \
    "    blr\n"                                                           \
    ".section .text.restore, \"ax\", @progbits\n" THRUM_ARCH_POWERPC_EACH \
    "    chain _restgpr_\\r, \"lwz \\r, 4 * \\r - 128(11)\"\n"            \
    ".endr\n"                                                             \
    "    blr\n"                                                           \
    ".section .text.return, \"ax\", @progbits\n" THRUM_ARCH_POWERPC_EACH  \
    "    chain _restgpr_\\r\\()_x, \"lwz \\r, 4 * \\r - 128(11)\"\n"      \
    ".endr\n"                                                             \
    "    lwz 0, 4(11)\n"                                                  \
    "    mtlr 0\n"                                                        \
    "    mr 1, 11\n"                                                      \
    "    blr\n"
#endif

static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("mr %0, " THRUM_ARCH_POWERPC_TP : "=r"(pointer));
    return pointer;
}

/* To the lowest priority that a program may have among a core's threads, and back. */
static inline void thrum_arch_relax(void)
{
    __asm__ volatile("or 1, 1, 1\n\tor 2, 2, 2" ::: "memory");
}

/* 1: argc, argv…, NULL, envp…, NULL, auxv… No return address ends the frames. */
#define THRUM_ARCH_ENTRY                                                    \
    THRUM_ARCH_POWERPC_MACROS                                               \
    "    begin_function _start\n"                                           \
    "    .cfi_startproc\n"                                                  \
    "    .cfi_undefined lr\n"                                               \
    "    li 0, 0\n"                                                         \
    "    mtlr 0\n"                                                          \
    "    mr 3, 1\n"                                                         \
    "    rlwinm 4, 1, 0, 28, 31\n" /* its distance from a multiple of 16 */ \
    "    subf 1, 4, 1\n"                                                    \
    "    addi 1, 1, -" THRUM_ARCH_POWERPC_FRAME "\n"                        \
    "    " THRUM_ARCH_POWERPC_STORE " 0, 0(1)\n"                            \
    "    bl thrum_start_main\n"                                             \
    "    nop\n"                                                             \
    "    trap\n"                                                            \
    "    .cfi_endproc\n"                                                    \
    "    end_function _start\n"

#endif
