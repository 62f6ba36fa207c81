/* Stack overflow by a vectored handler. The system runs it on what is left of the stack that overflowed,
 * which is little; it goes on on an alternate stack, as a fiber does, so that the hook of a fatal line
 * has room. All other exceptions go where they would have gone. */
#include "os/windows/cpu.h"
#include "os/windows/windows.h"
#include "thread/block.h"

__asm__(THRUM_WINDOWS_ON_STACK);

static void (*overflow_check)(uintptr_t address, bool unmapped);

/* A call into the system may take several kilobytes. */
size_t thrum_os_fault_stack_size(void)
{
    return 32768;
}

/* The handler finds the stack in the block. */
bool thrum_os_fault_stack(const struct thrum_os_fault_stack *stack,
                          struct thrum_os_fault_stack *before)
{
    uint32_t wanted = THRUM_WINDOWS_GUARANTEE, error = GetLastError();
    if (before != NULL)
        *before = (struct thrum_os_fault_stack){ NULL, 0, 0 };                /* none but ours */
    bool done = stack->base == NULL || SetThreadStackGuarantee(&wanted) != 0; /* never taken back */
    SetLastError(error);
    return done;
}

static const uint32_t stack_words[] = { THRUM_WINDOWS_STACK_BASE, THRUM_WINDOWS_STACK_LIMIT,
                                        THRUM_WINDOWS_RESERVED_FROM };
enum { STACK_WORDS = 3 };

void thrum_windows_leave_fault_stack(struct thrum_os_thread *thread)
{
    for (int i = 0; i < STACK_WORDS && thread->kept_stack[0] != NULL; i++)
        thrum_windows_set_teb_word(stack_words[i], thread->kept_stack[i]);
    thread->kept_stack[0] = NULL;
}

static void check(uintptr_t address)
{
    overflow_check(address, false);
}

/* The system and compilers' looks at large frames go by where it thinks that the stack is. */
static void check_on_fault_stack(struct thrum_block *block, uintptr_t address)
{
    char *low = block->fault_stack, *high = low + thrum_os_fault_stack_size();
    high = (char *)((uintptr_t)high & ~(uintptr_t)63);
    for (int i = STACK_WORDS - 1; i >= 0; i--)
        block->os.kept_stack[i] = thrum_windows_teb_word(stack_words[i]);
    thrum_windows_set_teb_word(THRUM_WINDOWS_STACK_BASE, high);
    thrum_windows_set_teb_word(THRUM_WINDOWS_STACK_LIMIT, low);
    thrum_windows_set_teb_word(THRUM_WINDOWS_RESERVED_FROM, low);
    thrum_windows_on_stack(check, address, high);
    thrum_windows_leave_fault_stack(&block->os);
}

static int32_t THRUM_WINDOWS_CALLED on_exception(struct thrum_windows_exception_pointers *pointers)
{
    const struct thrum_windows_exception *record = pointers->record;
    if (record->code != THRUM_WINDOWS_STACK_OVERFLOW)
        return THRUM_WINDOWS_CONTINUE_SEARCH;
    struct thrum_block *block = thrum_block_self();
    uintptr_t address = record->count > 1 ? record->information[1] : 0;
    uintptr_t low = (uintptr_t)block->stack_low;
    /* where the system's guard began is a page more or less; that it is an overflow, it says itself */
    if (address >= low || low - address > block->guard_size)
        address = low - 1;
    if (block->fault_stack != NULL && block->os.kept_stack[0] == NULL)
        check_on_fault_stack(block, address);
    return THRUM_WINDOWS_CONTINUE_SEARCH;
}

thrum_status thrum_os_catch_faults(void (*overflow)(uintptr_t address, bool unmapped))
{
    overflow_check = overflow;
    return AddVectoredExceptionHandler(1, on_exception) != NULL ? THRUM_OK : THRUM_SYSTEM;
}
