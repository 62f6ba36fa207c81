/* What is x86-64's own: how calls are caught, and how the guests' kernels answer, start threads and
 * deliver signals there. */
#include "foreign.h"

enum { ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, DISPATCH = 59, DISPATCH_ON = 1 };
enum { CARRY = 1, FUTURE = 0x5afe, TRAP_FLAG = 0x100, DIRECTION_FLAG = 0x400 };
enum { FP_MAGIC = 0x46505853 };

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    void *at = to;
    __asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size)::"memory");
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    void *at = to;
    __asm__ volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(byte) : "memory");
    return to;
}

__asm__(".text\n"
        ".global _start\n"
        "_start:\n"
        "    mov %rsp, %rdi\n"
        "    and $-16, %rsp\n"
        "    call foreign_main\n"
        ".global restorer\n"
        "restorer:\n"
        "    mov $15, %eax\n"
        "    syscall\n"
        ".global sleep_call\n"
        "sleep_call:\n"
        "    mov %rsi, %r11\n"
        "    mov %rdi, %rcx\n"
        "    mov (%rcx), %rax\n"
        "    mov 8(%rcx), %rdi\n"
        "    mov 16(%rcx), %rsi\n"
        "    mov 24(%rcx), %rdx\n"
        "    mov 32(%rcx), %r10\n"
        "    mov 40(%rcx), %r8\n"
        "    mov 48(%rcx), %r9\n"
        ".global sleep_begin\n"
        "sleep_begin:\n"
        "    cmpl $0, (%r11)\n"
        "    jne sleep_interrupted\n"
        "    syscall\n"
        ".global sleep_end\n"
        "sleep_end:\n"
        "    ret\n"
        ".global sleep_interrupted\n"
        "sleep_interrupted:\n"
        "    mov $-4, %rax\n"
        "    ret\n"
        ".global clone_thread\n"
        "clone_thread:\n"
        "    mov %rcx, %r9\n"
        "    mov %rdx, %r10\n" /* the address that is cleared */
        "    xor %edx, %edx\n"
        "    mov $56, %eax\n"
        "    syscall\n"
        "    test %rax, %rax\n"
        "    jz 1f\n"
        "    ret\n"
        "1:  mov %r9, %rdi\n"
        "    call begin_thread\n");

/* --- calls ------------------------------------------------------------------------------------ */

void cpu_catch_calls(void)
{
    static const char always = 1; /* SYSCALL_DISPATCH_FILTER_BLOCK */
    long result = host(__NR_prctl, DISPATCH, DISPATCH_ON, (long)foreign_text_start,
                       foreign_text_end - foreign_text_start, (long)&always, 0);
    if (result != 0)
        die("this kernel has no syscall user dispatch (Linux 5.11), or does not permit it: error",
            (uint64_t)-result);
}

void cpu_mark_calls(uintptr_t low, size_t size)
{
    (void)low, (void)size; /* the kernel tells of each */
}

bool cpu_read_call(const struct host_siginfo *info, struct host_context *context,
                   struct made_call *made)
{
    const uint64_t *registers = context->registers;
    (void)info;
    made->at = registers[RIP] - 2;
    made->number = (int)registers[RAX];
    made->arguments[0] = registers[RDI];
    made->arguments[1] = registers[RSI];
    made->arguments[2] = registers[RDX];
    made->arguments[3] = registers[R10];
    made->arguments[4] = registers[R8];
    made->arguments[5] = registers[R9];
    made->arguments[6] = 0;
    /* mmap and __futex of NetBSD, mmap of DragonFly: above the return address */
    if (!guest->wants_stack && (made->number == 197 || made->number == 166))
        made->arguments[6] = ((const uint64_t *)registers[RSP])[1];
    return true;
}

void cpu_answer(uint64_t *registers, long result)
{
    bool failed = result < 0 && result > -4096;
    registers[RAX] = (uint64_t)(failed ? -result : result);
    registers[FLAGS] = failed ? registers[FLAGS] | CARRY : registers[FLAGS] & ~(uint64_t)CARRY;
    if (guest == &freebsd)
        registers[R8] = registers[R9] = registers[R10] = 0;
    else if (guest == &netbsd)
        registers[RDX] = 1;
    else if (guest == &dragonfly)
        registers[R10] = 0;
}

void cpu_after_call(uint64_t *registers)
{
    registers[RCX] = FUTURE;
    registers[R11] = FUTURE;
}

/* --- threads ---------------------------------------------------------------------------------- */

long cpu_set_thread_pointer(uint64_t pointer)
{
    return answer(host2(__NR_arch_prctl, ARCH_SET_FS, pointer));
}

uint64_t cpu_thread_pointer(void)
{
    uint64_t pointer = 0;
    host2(__NR_arch_prctl, ARCH_GET_FS, &pointer);
    return pointer;
}

void cpu_set_entry(uint64_t *registers, uint64_t entry, uint64_t start, uint64_t strings)
{
    (void)strings;
    registers[RIP] = entry;
    registers[RSP] = start;
    if (guest == &freebsd || guest == &dragonfly) {
        registers[RDI] = start;
        registers[RSP] = ((start - 8) & ~(uint64_t)15) + 8;
    }
}

size_t cpu_entry_skew(void)
{
    return 0;
}

/* As if called, by nobody. */
void cpu_set_birth(uint64_t *registers, uint64_t start, uint64_t argument, uint64_t top)
{
    registers[RIP] = start;
    registers[RDI] = argument;
    registers[RSP] = top - 8;
    *(uint64_t *)registers[RSP] = 0;
}

/* By way of a signal's return, which sets every register and the mask at once. */
void enter(struct thread *self, const uint64_t *registers, uint64_t mask)
{
    struct host_context context;
    memset(&context, 0, sizeof context);
    context.flags = 6; /* the stack's segment is as it is told */
    memcpy(context.registers, registers, sizeof context.registers);
    context.registers[FLAGS] = 0x202;
    context.registers[CS] = 0x33 | (uint64_t)0x2b << 48;
    context.mask = mask & ~((uint64_t)1 << (HOST_SIGCALL - 1));
    context.stack.base = (char *)self + sizeof *self;
    context.stack.size = THREAD_SIZE - sizeof *self;
    __asm__ volatile("mov %0, %%rsp\n"
                     "mov $15, %%eax\n"
                     "syscall" ::"r"(&context)
                     : "memory");
    __builtin_unreachable();
}

/* --- signals ---------------------------------------------------------------------------------- */

void *cpu_vectors(struct host_context *context, size_t *size)
{
    uint32_t words[2];
    *size = 0;
    if (context->fp == NULL)
        return NULL;
    memcpy(words, context->fp + 464, sizeof words);
    *size = words[0] == FP_MAGIC ? words[1] : 512;
    return context->fp;
}

/* pop %rdi; mov $number, %eax; syscall; ud2 */
size_t cpu_write_trampoline(unsigned char *at, int number)
{
    const unsigned char code[] = {
        0x5f, 0xb8, (unsigned char)number, (unsigned char)(number >> 8), 0, 0, 0x0f, 0x05,
        0x0f, 0x0b
    };
    memcpy(at, code, sizeof code);
    return 6;
}

void cpu_set_handler(uint64_t *registers, const struct handler_call *call)
{
    uint64_t *frame =
        (uint64_t *)call->kept - 3; /* so that its address is 8 beyond a multiple of 16 */
    frame[0] = call->trampoline;
    frame[1] = call->kept;
    registers[RDI] = call->signal;
    registers[RSI] = call->info;
    registers[RDX] = registers[R15] = call->kept;
    registers[RSP] = (uint64_t)frame;
    registers[RIP] = call->handler;
    registers[FLAGS] &= ~(uint64_t)(TRAP_FLAG | DIRECTION_FLAG);
}

/* --- NetBSD's contexts ------------------------------------------------------------------------ */

enum { CS_USER = 0x47, SS_USER = 0x3f, FLAGS_KEPT = 0x202 };

struct context {
    struct netbsd_context_head head;
    uint64_t registers[26];
    uint64_t tls_base;
    unsigned char fp[512];
};

/* Where each of its registers is in a context of the host's; 255: a segment, or nothing. */
static const unsigned char places[26] = { RDI, RSI, RDX, RCX, R8,  R9,    R10, R11, R12,
                                          R13, R14, R15, RBP, RBX, RAX,   255, 255, 255,
                                          255, 255, 255, RIP, 255, FLAGS, RSP, 255 };

void cpu_get_netbsd_context(const uint64_t *registers, struct netbsd_context_head *to)
{
    struct context *context = (struct context *)to;
    memset(context, 0, sizeof *context);
    for (int i = 0; i < 26; i++)
        if (places[i] != 255)
            context->registers[i] = registers[places[i]];
    context->registers[22] = CS_USER;
    context->registers[23] = FLAGS_KEPT;
    context->registers[25] = SS_USER;
    context->tls_base = cpu_thread_pointer();
}

bool cpu_read_netbsd_context(const struct netbsd_context_head *from, uint64_t *registers,
                             uint64_t *tls)
{
    const struct context *context = (const struct context *)from;
    if (context->registers[22] != CS_USER || context->registers[25] != SS_USER ||
        context->registers[23] != FLAGS_KEPT)
        return false;
    for (int i = 0; i < 26; i++)
        if (places[i] != 255)
            registers[places[i]] = context->registers[i];
    *tls = context->tls_base;
    return true;
}
