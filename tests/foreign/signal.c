/* Signals: the host's handler makes the guest's frame on the guest's stack, and lets it return
 * there. */
#include "foreign.h"

enum { RESTORER = 0x04000000, HOST_SIGINFO = 4, HOST_ONSTACK = 0x08000000 };
enum { HANDLER_FRAME = 64 }; /* what cpu_set_handler writes, and more */
enum { SS_ONSTACK = 1, SS_DISABLE = 4, MAGIC = 0x7ea51de };

struct action actions[SIGNALS];

/* The guest's numbers, in the order of the host's; 0: none. */
static const unsigned char to_guest[HOST_SIGNALS + 1] = { 0,  1,  2,  3,  4,  5,  6,  10,
                                                          8,  9,  30, 11, 31, 13, 14, 15,
                                                          0,  20, 19, 17, 18, 21, 22, 16,
                                                          24, 25, 26, 27, 28, 23, 0,  12 };

int guest_signal(int signal)
{
    if (signal > 32 && signal <= HOST_SIGNALS) /* of no name */
        return signal;
    return signal > 0 && signal < 32 ? to_guest[signal] : 0;
}

int host_signal(int signal)
{
    if (signal > 32 && signal <= HOST_SIGNALS)
        return signal;
    for (int i = 1; i < 32; i++)
        if (to_guest[i] == signal)
            return i;
    return 0;
}

uint64_t host_mask(uint64_t mask)
{
    uint64_t result = 0;
    for (int i = 1; i <= HOST_SIGNALS; i++)
        if (mask >> (i - 1) & 1 && host_signal(i) != 0 && i != GUEST_SIGCALL)
            result |= (uint64_t)1 << (host_signal(i) - 1);
    return result;
}

uint64_t guest_mask(uint64_t mask)
{
    uint64_t result = 0;
    for (int i = 1; i <= HOST_SIGNALS; i++)
        if (mask >> (i - 1) & 1 && guest_signal(i) != 0)
            result |= (uint64_t)1 << (guest_signal(i) - 1);
    return result;
}

long set_action(int signal, const struct action *action, struct action *old)
{
    int number = host_signal(signal);
    if (signal <= 0 || signal >= SIGNALS)
        return -EINVAL;
    if (old != NULL)
        *old = actions[signal];
    if (action == NULL)
        return 0;
    if (signal == SIGKILL || signal == 17 /* SIGSTOP */)
        return -EINVAL;
    actions[signal] = *action;
    if (number == 0 || number == HOST_SIGCALL)
        return 0;
    struct host_action own = { (uintptr_t)on_signal, RESTORER | HOST_SIGINFO | HOST_ONSTACK,
                               restorer, ~0ul };
    if (action->handler <= 1)
        own = (struct host_action){ action->handler, RESTORER, restorer, 0 };
    return answer(host4(__NR_rt_sigaction, number, &own, NULL, 8));
}

bool signal_restarts(const struct thread *self)
{
    return self->pending != 0 && actions[self->pending].flags & SA_RESTART;
}

bool on_alternate(const struct thread *self, uintptr_t stack_pointer)
{
    return self->alternate.enabled && stack_pointer >= self->alternate.base &&
           stack_pointer - self->alternate.base <= self->alternate.size;
}

/* What is kept of the interrupted thread; the program has only its address. */
struct kept {
    uint32_t magic, vectors_size;
    uint64_t registers[REGISTERS];
    uint64_t mask;
    uint64_t context[100]; /* as large as the kernels' own */
    uint32_t info[32];
};

/* A timer's code is above 0 too. */
static bool is_fault(uint32_t signal, int code)
{
    return code > 0 &&
           (signal == 4 || signal == 5 || signal == 8 || signal == SIGBUS || signal == SIGSEGV);
}

static void fill_info(uint32_t *info, uint32_t signal, const struct host_siginfo *from)
{
    bool fault = is_fault(signal, from->code);
    int code = from->code;
    if (!fault)
        code = from->code == -6 ? guest->code_thread : guest->code_user;
    info[0] = signal;
    info[guest->code_first ? 1 : 2] = (uint32_t)code;
    info[guest->code_first ? 2 : 1] = 0;
    memcpy(&info[guest->code_first ? 4 : 6], &from->address, fault ? sizeof from->address : 0);
}

void deliver(struct thread *self, struct host_context *context, uint32_t signal,
             const struct host_siginfo *info)
{
    const struct action *action = &actions[signal];
    uint64_t *registers = context->registers, top = registers[SP] - RED_ZONE;
    /* looked at once: another thread may take it back at any moment */
    const uintptr_t handler = __atomic_load_n(&action->handler, __ATOMIC_RELAXED);
    if (handler <= 1)
        return; /* it was taken back meanwhile */
    if (action->flags & SA_ONSTACK && self->alternate.enabled && !on_alternate(self, registers[SP]))
        top = self->alternate.base + self->alternate.size;
    size_t size;
    const void *vectors = cpu_vectors(context, &size);
    uintptr_t to = (top - size) & ~(uintptr_t)63;
    struct kept *kept = (struct kept *)((to - sizeof *kept) & ~(uintptr_t)15);
    /* sendsig of all four: a frame that cannot be written ends the program, by SIGILL, without a word */
    if (!memory_takes((uintptr_t)kept - HANDLER_FRAME, to + size))
        end_silently(SIGILL);
    if (size != 0)
        memcpy((void *)to, vectors, size);
    kept->magic = MAGIC;
    kept->vectors_size = (uint32_t)size;
    memcpy(kept->registers, registers, sizeof kept->registers);
    kept->mask = context->mask;
    kept->context[0] = to;
    memset(kept->info, 0, sizeof kept->info);
    fill_info(kept->info, signal, info);
    const struct handler_call call = {
        handler, action->trampoline != 0 ? action->trampoline : guest_trampoline, signal,
        action->flags & SA_SIGINFO ? (uint64_t)kept->info : kept->info[2], (uint64_t)kept
    };
    cpu_set_handler(registers, &call);
    context->mask |= host_mask(action->mask);
    if (!(action->flags & SA_NODEFER))
        context->mask |= (uint64_t)1 << (host_signal((int)signal) - 1);
}

void take_back(struct thread *self, struct host_context *context, uintptr_t frame)
{
    const struct kept *kept = (const struct kept *)frame;
    if (kept->magic != MAGIC)
        end_by(self, SIGSEGV, "returns from a signal that was not, by", frame);
    memcpy(context->registers, kept->registers, sizeof kept->registers);
    context->mask = kept->mask;
    size_t size;
    void *vectors = cpu_vectors(context, &size);
    if (size != 0 && kept->vectors_size == size)
        memcpy(vectors, (const void *)kept->context[0], size);
}

/* On top of a call it is kept until the call has ended; a call that was about to sleep does not. */
void on_signal(int signal, struct host_siginfo *info, struct host_context *context)
{
    struct thread *self = thread_self();
    uint64_t *at = &context->registers[PC];
    uint32_t number = (uint32_t)guest_signal(signal);
    if (*at < (uint64_t)foreign_text_start || *at >= (uint64_t)foreign_text_end) {
        deliver(self, context, number, info);
        return;
    }
    if (is_fault(number, info->code))
        end_by(self, SIGSEGV,
               "gives a call an address that is not there, or the runner is wrong, at", *at);
    self->pending = number;
    self->pending_info = *info;
    context->mask = ~(uint64_t)0 & ~((uint64_t)1 << (HOST_SIGCALL - 1));
    if (*at >= (uint64_t)sleep_begin && *at < (uint64_t)sleep_end)
        *at = (uint64_t)sleep_interrupted;
}

/* --- calls ------------------------------------------------------------------------------------ */

struct guest_stack {
    uint64_t base, size;
    int flags;
};

long call_sigaltstack(struct thread *self, const uint64_t *argument)
{
    const struct guest_stack *wanted = (const void *)argument[0];
    struct guest_stack *old = (void *)argument[1];
    bool used = on_alternate(self, self->context->registers[SP]);
    if (old != NULL)
        *old = (struct guest_stack){ self->alternate.base, self->alternate.size,
                                     used                      ? SS_ONSTACK
                                     : self->alternate.enabled ? 0
                                                               : SS_DISABLE };
    if (wanted == NULL)
        return 0;
    if (used)
        return -EPERM;
    if (wanted->flags & ~SS_DISABLE)
        return -EINVAL;
    if (!(wanted->flags & SS_DISABLE) && wanted->size < 8192)
        return -ENOMEM;
    long result = 0;
    if (!(wanted->flags & SS_DISABLE) && guest->wants_stack)
        result = memory_make_stack(wanted->base, wanted->size);
    if (result < 0)
        return result;
    self->alternate.enabled = !(wanted->flags & SS_DISABLE);
    self->alternate.base = wanted->base;
    self->alternate.size = wanted->size;
    return 0;
}

/* FreeBSD and DragonFly: handler, flags, a mask of four words. */
struct bsd4_action {
    uint64_t handler;
    int flags;
    uint32_t mask[4];
};

long call_sigaction_bsd4(struct thread *self, const uint64_t *argument)
{
    const struct bsd4_action *wanted = (const void *)argument[1];
    struct bsd4_action *out = (void *)argument[2];
    struct action action = { 0 }, old = { 0 };
    (void)self;
    if (wanted != NULL)
        action = (struct action){ wanted->handler, wanted->flags,
                                  wanted->mask[0] | (uint64_t)wanted->mask[1] << 32, 0 };
    long result = set_action((int)argument[0], wanted != NULL ? &action : NULL, &old);
    if (result == 0 && out != NULL)
        *out = (struct bsd4_action){ old.handler, old.flags, { (uint32_t)old.mask } };
    return result;
}

static bool change_mask(struct thread *self, uint64_t how, uint64_t wanted)
{
    uint64_t *mask = &self->context->mask, set = host_mask(wanted);
    if (how == 1)
        *mask |= set;
    else if (how == 2)
        *mask &= ~set;
    else if (how == 3)
        *mask = set;
    else
        return false;
    return true;
}

/* OpenBSD's argument is the mask itself, its answer the old one: argument 3 tells so. */
long call_sigprocmask_pointer(struct thread *self, const uint64_t *argument)
{
    const uint32_t *wanted = (const void *)argument[1];
    uint32_t *old = (void *)argument[2];
    uint64_t before = guest_mask(self->context->mask);
    if (wanted != NULL && !change_mask(self, argument[0], wanted[0] | (uint64_t)wanted[1] << 32))
        return -EINVAL;
    if (old != NULL) {
        memset(old, 0, 16);
        old[0] = (uint32_t)before;
        old[1] = (uint32_t)(before >> 32);
    }
    return 0;
}

long call_sigreturn(struct thread *self, const uint64_t *argument)
{
    if (guest->sigreturn != 0 && self->call_at != guest_sigreturn)
        end_by(self, SIGABRT, "calls sigreturn from", self->call_at);
    take_back(self, self->context, argument[0]);
    return 0;
}
