/* Shadow stacks of x86-64 (Linux 6.6, Documentation/arch/x86/shstk.rst): the CPU keeps return addresses
 * once more, where no store reaches, and ends a process whose stack says otherwise. Threads get theirs
 * from the kernel when they are made.
 *
 * In a program only if it is linked with -Wl,-e,thrum_shadow_stacks, because one that switches stacks
 * by hand dies of them; and then only if the linker says that all its objects bear them. */
#include "start/start.h"

enum {
    PROPERTIES = 0x6474e553, /* PT_GNU_PROPERTY */
    SHADOW_STACK = 2
};
#define PROPERTY_CONTROL_FLOW 0xc0000002u /* GNU_PROPERTY_X86_FEATURE_1_AND */

bool thrum_linux_bears_shadow_stack(const uintptr_t *stack);

/* From the note (System V gABI, chapter 5) whose description is properties, each padded to 8 bytes (x86-64
 * psABI, "Program Property"). Runs before relocation. */
bool thrum_linux_bears_shadow_stack(const uintptr_t *stack)
{
    enum { HEAD = 4 }; /* words: three sizes and the name */
    struct thrum_program program = thrum_start_program(thrum_start_auxv(stack));
    for (size_t i = 0; i < program.count; i++) {
        const thrum_elf_segment *segment = &program.segments[i];
        if (segment->type != (uint32_t)PROPERTIES || segment->size < HEAD * sizeof(uint32_t))
            continue;
        const uint32_t *note = (const void *)(program.base + segment->address);
        const uint32_t *at = note + HEAD, *end = at + note[1] / sizeof(uint32_t);
        for (; end - at > 2; at += 2 + (at[1] + 7) / 8 * 2)
            if (at[0] == PROPERTY_CONTROL_FLOW)
                return (at[2] & SHADOW_STACK) != 0;
    }
    return false;
}

/* The entry instead of `_start`, where there is no return address yet: one from before the switch is not on
 * the new stack. The system calls are arch_prctl(ARCH_SHSTK_ENABLE, SHSTK), then ARCH_SHSTK_LOCK of all, so
 * that no call switches it off. Where kernel or CPU has none, both are refused, and nothing changes. */
__asm__(".text\n"
        ".hidden thrum_shadow_stacks\n"
        ".global thrum_shadow_stacks\n"
        ".type thrum_shadow_stacks, @function\n"
        "thrum_shadow_stacks:\n"
        "    endbr64\n"
        "    xor %ebp, %ebp\n"
        "    mov %rsp, %rbx\n"
        "    mov %rsp, %rdi\n"
        "    and $-16, %rsp\n"
        "    call thrum_linux_bears_shadow_stack\n"
        "    mov %rbx, %rsp\n"
        "    test %al, %al\n"
        "    jz 1f\n"
        "    mov $158, %eax\n"
        "    mov $0x5001, %edi\n"
        "    mov $1, %esi\n"
        "    syscall\n"
        "    mov $158, %eax\n"
        "    mov $0x5003, %edi\n"
        "    mov $-1, %rsi\n"
        "    syscall\n"
        "1:  xor %edx, %edx\n"
        "    jmp _start\n"
        ".size thrum_shadow_stacks, . - thrum_shadow_stacks\n");
