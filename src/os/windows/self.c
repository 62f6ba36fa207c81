/* The calling thread's block, and how its end is noticed: by a slot of FlsAlloc with a callback, which
 * runs when the thread ends by whatever means, before the system takes the lock of its loader, so that
 * destructors may wait. What others' later callbacks and DllMains call still finds the block; only keys
 * that they set are not destroyed any more. */
#include "os/adopting.h"
#include "os/windows/windows.h"
#include "thread/life.h"

uint32_t thrum_windows_slot;

static uint32_t state; /* UNSTARTED, then STARTING by one thread, then STARTED */
enum { UNSTARTED, STARTING, STARTED };
static uint32_t tls_index, fls_index;

static struct thrum_block *slot_value(void)
{
    return TlsGetValue(tls_index);
}

static void THRUM_WINDOWS_CALLED at_end(void *value)
{
    struct thrum_block *block = value;
    /* at the end of the process the other threads were stopped where they stood; and a fiber's end is
     * not its thread's */
    if (RtlDllShutdownInProgress() || slot_value() != block || block->os.finished)
        return;
    thrum_thread_ending(block);
    thrum_windows_finish(block);
}

static void start(void)
{
    thrum_windows_handle module;
    fls_index = FlsAlloc(at_end);
    tls_index = TlsAlloc();
    if (fls_index == (uint32_t)THRUM_WINDOWS_NO_SLOT ||
        tls_index == (uint32_t)THRUM_WINDOWS_NO_SLOT) {
        static const char refused[] = "thrum: the system has no slot left\n";
        thrum_os_write_error(refused, sizeof refused - 1);
        thrum_os_abort();
    }
    /* threads, their ends and handlers outlive any FreeLibrary of what holds this code */
    (void)GetModuleHandleExW(THRUM_WINDOWS_PIN_BY_ADDRESS, &state, &module);
    if (tls_index < THRUM_WINDOWS_DIRECT_SLOTS)
        __atomic_store_n(&thrum_windows_slot,
                         THRUM_WINDOWS_SLOTS + tls_index * (uint32_t)sizeof(void *),
                         __ATOMIC_RELAXED);
}

static void start_once(void)
{
    uint32_t seen = UNSTARTED;
    /* acquire, here and below: with what was started */
    if (__atomic_load_n(&state, __ATOMIC_ACQUIRE) == STARTED)
        return;
    if (__atomic_compare_exchange_n(&state, &seen, STARTING, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED)) {
        start();
        __atomic_store_n(&state, STARTED, __ATOMIC_RELEASE); /* release: with acquire above */
    }
    while (__atomic_load_n(&state, __ATOMIC_ACQUIRE) != STARTED)
        (void)SwitchToThread();
}

bool thrum_windows_attach(struct thrum_block *block)
{
    start_once();
    return TlsSetValue(tls_index, block) && FlsSetValue(fls_index, block);
}

/* --- threads that others made ----------------------------------------------------------------- */

bool thrum_os_thread_is_leader(const struct thrum_os_thread *thread)
{
    return thread->leader;
}

void thrum_os_adopted(struct thrum_block *block)
{
    if (!thrum_windows_attach(block))
        thrum_os_refused("FlsSetValue", (long)GetLastError());
}

bool thrum_os_own_stack(char **low, char **high, size_t *guard)
{
    uintptr_t from, to;
    GetCurrentThreadStackLimits(&from, &to);
    *guard = THRUM_WINDOWS_GUARD;
    *low = (char *)from + *guard;
    *high = (char *)to;
    return true;
}

void thrum_os_main_stack(char **low, char **high)
{
    size_t guard;
    (void)thrum_os_own_stack(low, high, &guard);
}

struct thrum_block *thrum_windows_find(void)
{
    uint32_t error = GetLastError(); /* which TlsGetValue clears */
    start_once();
    struct thrum_block *block = slot_value();
    if (block == NULL) {
        block = thrum_thread_adopt();
        thrum_stack_ask(block); /* of which nothing is in the way here */
    }
    SetLastError(error);
    return block;
}
