/* What is AArch64's own: how calls are caught, and how the guests' kernels answer, start threads and
 * deliver signals there. */
#include "foreign.h"

/* `svc #n` becomes `brk #(MARK + n)`, which no compiler makes. */
enum { SVC = (int)0xd4000001, BRK = (int)0xd4200000, NUMBER = 0x1fffe0, MARK = 0xc000, MARKS = 14 };
enum { CARRY = 1 << 29, TRAP_BRKPT = 1, FPSIMD_MAGIC = 0x46508001, FPSIMD_SIZE = 528 };
enum { SYS_RT_SIGRETURN = 139 };
#define CONDITION_FLAGS 0xf0000000u

/* By words where both are at words. */
void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    typedef uint64_t __attribute__((may_alias)) word;
    char *at = to;
    const char *source = from;
    if ((((uintptr_t)to | (uintptr_t)from) & 7) == 0)
        for (; size >= 8; size -= 8, at += 8, source += 8)
            *(word *)(uintptr_t)at = *(const word *)(uintptr_t)source;
    while (size-- > 0)
        *at++ = *source++;
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    typedef uint64_t __attribute__((may_alias)) word;
    char *at = to;
    if (((uintptr_t)to & 7) == 0)
        for (; size >= 8; size -= 8, at += 8)
            *(word *)(uintptr_t)at = 0x0101010101010101u * (unsigned char)byte;
    while (size-- > 0)
        *at++ = (char)byte;
    return to;
}

__asm__(".text\n"
        ".global _start\n"
        "_start:\n"
        "    mov x0, sp\n"
        "    bl foreign_main\n"
        ".global restorer\n"
        "restorer:\n"
        "    mov x8, #139\n"
        "    svc #0\n"
        ".global sleep_call\n"
        "sleep_call:\n"
        "    mov x9, x1\n"
        "    mov x10, x0\n"
        "    ldp x8, x0, [x10]\n"
        "    ldp x1, x2, [x10, #16]\n"
        "    ldp x3, x4, [x10, #32]\n"
        "    ldr x5, [x10, #48]\n"
        ".global sleep_begin\n"
        "sleep_begin:\n"
        "    ldr w11, [x9]\n"
        "    cbnz w11, sleep_interrupted\n"
        "    svc #0\n"
        ".global sleep_end\n"
        "sleep_end:\n"
        "    ret\n"
        ".global sleep_interrupted\n"
        "sleep_interrupted:\n"
        "    mov x0, #-4\n"
        "    ret\n"
        ".global clone_thread\n"
        "clone_thread:\n"
        "    mov x9, x3\n"
        "    mov x4, x2\n" /* the address that is cleared */
        "    mov x2, #0\n"
        "    mov x3, #0\n"
        "    mov x8, #220\n"
        "    svc #0\n"
        "    cbz x0, 1f\n"
        "    ret\n"
        "1:  mov x0, x9\n"
        "    bl begin_thread\n");

/* --- calls ------------------------------------------------------------------------------------ */

void cpu_catch_calls(void)
{
    /* their instructions are marked */
}

void cpu_mark_calls(uintptr_t low, size_t size)
{
    for (uint32_t *at = (uint32_t *)low; (uintptr_t)at + 4 <= low + size; at++)
        if ((*at & ~(uint32_t)NUMBER) == (uint32_t)SVC)
            *at = (uint32_t)BRK | (uint32_t)MARK << 5 | (*at & NUMBER);
}

/* Behind the instruction; OpenBSD leaves out the two after it. A program's own brk is none. */
bool cpu_read_call(const struct host_siginfo *info, struct host_context *context,
                   struct made_call *made)
{
    uint64_t *registers = context->registers;
    if (info->code != TRAP_BRKPT)
        return false;
    uint32_t instruction = *(const uint32_t *)registers[PC];
    if ((instruction >> (5 + MARKS)) != ((uint32_t)BRK | (uint32_t)MARK << 5) >> (5 + MARKS))
        return false;
    int immediate = (int)(instruction >> 5 & ((1 << MARKS) - 1));
    made->at = registers[PC];
    made->number = guest == &netbsd ? immediate : (int)registers[8];
    for (int i = 0; i < 8; i++)
        made->arguments[i] = registers[i];
    if (guest != &netbsd && immediate != 0)
        return false;
    registers[PC] += guest == &openbsd ? 12 : 4;
    return true;
}

void cpu_answer(uint64_t *registers, long result)
{
    bool failed = result < 0 && result > -4096;
    registers[ANSWER] = (uint64_t)(failed ? -result : result);
    registers[PSTATE] = failed ? registers[PSTATE] | CARRY : registers[PSTATE] & ~(uint64_t)CARRY;
    if (!failed && guest == &freebsd)
        registers[ANSWER_2] = 0;
    else if (!failed && guest == &netbsd)
        registers[ANSWER_2] = 1;
}

void cpu_after_call(uint64_t *registers)
{
    (void)registers;
}

/* --- threads ---------------------------------------------------------------------------------- */

/* The register is the guest's: the runner uses it for nothing. */
long cpu_set_thread_pointer(uint64_t pointer)
{
    __asm__ volatile("msr tpidr_el0, %0" ::"r"(pointer) : "memory");
    return 0;
}

uint64_t cpu_thread_pointer(void)
{
    uint64_t pointer;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(pointer));
    return pointer;
}

void cpu_set_entry(uint64_t *registers, uint64_t entry, uint64_t start, uint64_t strings)
{
    registers[PC] = entry;
    registers[SP] = start & ~(uint64_t)15;
    if (guest == &freebsd) {
        registers[0] = start;
        registers[X30] = entry;
    } else if (guest == &netbsd) {
        registers[2] = strings;
    }
}

/* Kernels that tell by another register where argc is may have it where no stack pointer can be. */
size_t cpu_entry_skew(void)
{
    return guest == &openbsd ? 0 : 8;
}

void cpu_set_birth(uint64_t *registers, uint64_t start, uint64_t argument, uint64_t top)
{
    registers[PC] = start;
    registers[0] = argument;
    registers[SP] = top;
}

/* By way of a signal's return, which sets every register and the mask at once. */
void enter(struct thread *self, const uint64_t *registers, uint64_t mask)
{
    struct {
        char info[128];
        struct host_context context;
    } frame;
    const uint32_t vectors[2] = { FPSIMD_MAGIC, FPSIMD_SIZE };
    memset(&frame, 0, sizeof frame);
    memcpy(frame.context.registers, registers, sizeof frame.context.registers);
    frame.context.registers[PSTATE] = 0;
    memcpy(frame.context.records, vectors, sizeof vectors);
    frame.context.mask = mask & ~((uint64_t)1 << (HOST_SIGCALL - 1));
    frame.context.stack.base = (char *)self + sizeof *self;
    frame.context.stack.size = THREAD_SIZE - sizeof *self;
    __asm__ volatile("mov sp, %0\n"
                     "mov x8, %1\n"
                     "svc #0" ::"r"(&frame),
                     "i"(SYS_RT_SIGRETURN)
                     : "x8", "memory");
    __builtin_unreachable();
}

/* --- signals ---------------------------------------------------------------------------------- */

void *cpu_vectors(struct host_context *context, size_t *size)
{
    for (unsigned char *at = context->records; at < context->records + sizeof context->records;) {
        uint32_t words[2]; /* magic number and size */
        memcpy(words, at, sizeof words);
        *size = words[1];
        if (words[0] == FPSIMD_MAGIC)
            return at;
        if (words[0] == 0 || words[1] == 0)
            break;
        at += words[1];
    }
    *size = 0;
    return NULL;
}

/* ldr x0, [sp]; mov x8, #number; the call; udf #0 */
size_t cpu_write_trampoline(unsigned char *at, int number)
{
    const uint32_t code[] = { 0xf94003e0u, 0xd2800008u | (uint32_t)number << 5,
                              (uint32_t)BRK | (uint32_t)MARK << 5, 0 };
    memcpy(at, code, sizeof code);
    return 8;
}

void cpu_set_handler(uint64_t *registers, const struct handler_call *call)
{
    uint64_t *frame = (uint64_t *)call->kept - 2;
    frame[0] = call->kept;
    registers[0] = call->signal;
    registers[1] = call->info;
    registers[2] = call->kept;
    if (guest == &netbsd)
        registers[X28] = call->kept;
    registers[X30] = call->trampoline;
    registers[SP] = (uint64_t)frame;
    registers[PC] = call->handler;
}

/* --- NetBSD's contexts ------------------------------------------------------------------------ */

enum { SPSR = 33, TPIDR = 34 };

struct context {
    struct netbsd_context_head head;
    _Alignas(16) uint64_t registers[35]; /* x0 to x30, sp, pc, spsr, tpidr */
    _Alignas(16) unsigned char fp[528];
    uint64_t rest[8];
};
_Static_assert((int)SPSR == (int)PSTATE && sizeof(struct context) == 944, "as the kernels have it");

void cpu_get_netbsd_context(const uint64_t *registers, struct netbsd_context_head *to)
{
    struct context *context = (struct context *)to;
    memset(context, 0, sizeof *context);
    memcpy(context->registers, registers, REGISTERS * sizeof *registers);
    context->registers[SPSR] &= (uint64_t)CONDITION_FLAGS;
    context->registers[TPIDR] = cpu_thread_pointer();
}

bool cpu_read_netbsd_context(const struct netbsd_context_head *from, uint64_t *registers,
                             uint64_t *tls)
{
    const struct context *context = (const struct context *)from;
    if (context->registers[SPSR] & ~(uint64_t)CONDITION_FLAGS || context->registers[PC] & 3 ||
        context->registers[SP] & 15)
        return false;
    memcpy(registers, context->registers, REGISTERS * sizeof *registers);
    *tls = context->registers[TPIDR];
    return true;
}
