/* Threads by CreateThread. The thread tells its id, and where its stack is, as the first of its steps;
 * its maker tells its handle, which is the proof of its end, a moment after the birth. Each of both is
 * a word that may be waited for:
 *
 *   UNTOLD --teller--> TOLD          UNTOLD --one who wants it--> WANTED --teller, with a wake--> TOLD
 *
 * The system ends a thread's stack and its handle's wait when all else is done. */
#include "os/numbers.h"
#include "os/windows/windows.h"
#include "thread/life.h"
#include "thrum/wait.h"

enum { UNTOLD, WANTED, TOLD };
#define AWAITED 0x80000000u

static void tell(uint32_t *word)
{
    /* release: what it stands for is there; and after this, all may be gone */
    if (__atomic_exchange_n(word, TOLD, __ATOMIC_RELEASE) == WANTED)
        thrum_os_wake(word, THRUM_ALL);
}

static bool told(const uint32_t *word)
{
    /* acquire: with what it stands for */
    return __atomic_load_n(word, __ATOMIC_ACQUIRE) == TOLD;
}

static void await(uint32_t *word)
{
    while (!told(word)) {
        uint32_t seen = UNTOLD;
        if (__atomic_compare_exchange_n(word, &seen, WANTED, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED) ||
            seen == WANTED)
            (void)thrum_os_wait(word, WANTED, THRUM_FOREVER);
    }
}

/* --- ids -------------------------------------------------------------------------------------- */

uint64_t thrum_os_thread_id(const struct thrum_os_thread *thread)
{
    return told(&thread->known) ? thread->id : 0;
}

uint64_t thrum_os_thread_await_id(struct thrum_os_thread *thread)
{
    await(&thread->known);
    return thread->id;
}

uint32_t thrum_os_thread_lock_id(const struct thrum_os_thread *thread)
{
    return thread->number;
}

enum thrum_os_fork thrum_os_thread_forked(const struct thrum_block *self,
                                          const struct thrum_block *first)
{
    (void)self, (void)first;
    return THRUM_OS_FORK_NONE; /* there is no fork */
}

/* The system lists a process's threads in the order of their birth. */
static bool is_first(uint32_t id)
{
    thrum_windows_handle first;
    bool same = false;
    if (NtGetNextThread(thrum_windows_process(), NULL, THRUM_WINDOWS_QUERY_LIMITED, 0, 0, &first) >=
        0) {
        same = GetThreadId(first) == id;
        (void)CloseHandle(first);
    }
    return same;
}

void thrum_os_thread_adopt(struct thrum_os_thread *thread)
{
    static const char refused[] =
        "thrum: the system refuses memory for a thread that calls thrum for the first time\n";
    thread->id = GetCurrentThreadId();
    thread->number = thrum_number_take();
    if (thread->number == 0 ||
        !DuplicateHandle(thrum_windows_process(), thrum_windows_thread(), thrum_windows_process(),
                         &thread->handle, 0, 0, THRUM_WINDOWS_SAME_ACCESS)) {
        thrum_os_write_error(refused, sizeof refused - 1); /* another would want a block */
        thrum_os_abort();
    }
    thrum_number_own(thread->number, thread->id);
    thread->leader = is_first(thread->id);
    thread->live = 1;
    thread->known = thread->held = TOLD;
}

/* --- birth ------------------------------------------------------------------------------------ */

void thrum_os_thread_expect(struct thrum_os_thread *thread)
{
    thread->own = true;
}

static uint32_t THRUM_WINDOWS_CALLED first_frame(void *argument)
{
    struct thrum_block *block = argument;
    uintptr_t low, high;
    GetCurrentThreadStackLimits(&low, &high);
    block->stack_low = (char *)low + THRUM_WINDOWS_GUARD;
    THRUM_FORK_STORE(&block->stack_high, (char *)high);
    block->guard_size = THRUM_WINDOWS_GUARD;
    block->os.id = GetCurrentThreadId();
    thrum_number_own(block->os.number, block->os.id);
    bool attached = thrum_windows_attach(block);
    tell(&block->os.known);
    if (!attached) {
        static const char refused[] = "thrum: the system refuses a thread its slot\n";
        thrum_os_write_error(refused, sizeof refused - 1);
        thrum_os_abort();
    }
    thrum_thread_main(block);
}

static thrum_status status_of(uint32_t error)
{
    switch (error) {
    case THRUM_WINDOWS_ERROR_NOT_ENOUGH_MEMORY:
    case THRUM_WINDOWS_ERROR_NO_RESOURCES:
    case THRUM_WINDOWS_ERROR_COMMITMENT_LIMIT: return THRUM_NO_MEMORY;
    case THRUM_WINDOWS_ERROR_MAX_THREADS: return THRUM_THREAD_LIMIT;
    default: return THRUM_SYSTEM;
    }
}

thrum_status thrum_os_thread_start(struct thrum_block *block, void *stack)
{
    /* what is not for use, and what the system's own first frames take */
    const size_t more = THRUM_WINDOWS_GUARD + 8192;
    uint32_t error = GetLastError();
    size_t size = block->stack_wanted + more;
    (void)stack;
    block->os.number = thrum_number_take();
    if (block->os.number == 0)
        return THRUM_NO_MEMORY;
    thrum_windows_handle handle =
        CreateThread(NULL, size, first_frame, block, THRUM_WINDOWS_STACK_IS_RESERVATION, NULL);
    if (handle == NULL) {
        thrum_status status = status_of(GetLastError());
        thrum_number_free(block->os.number);
        SetLastError(error);
        return status;
    }
    block->os.handle = handle;
    tell(&block->os.held);
    SetLastError(error);
    return THRUM_OK;
}

/* --- its stack -------------------------------------------------------------------------------- */

#define LEAVING 0x80000000u

bool thrum_os_stack_hold(struct thrum_os_thread *thread)
{
    /* acquire: in one order with the leaving, so one of both sees the other */
    if (!(__atomic_fetch_add(&thread->looks, 1, __ATOMIC_ACQUIRE) & LEAVING))
        return true;
    thrum_os_stack_let_go(thread);
    return false;
}

void thrum_os_stack_let_go(struct thrum_os_thread *thread)
{
    /* release: the last look comes before the stack goes */
    if (__atomic_sub_fetch(&thread->looks, 1, __ATOMIC_RELEASE) == LEAVING)
        thrum_os_wake(&thread->looks, THRUM_ALL);
}

static void leave_stack(struct thrum_os_thread *thread)
{
    /* acquire, here and below: as above */
    uint32_t looks = __atomic_or_fetch(&thread->looks, LEAVING, __ATOMIC_ACQUIRE);
    for (; looks != LEAVING; looks = __atomic_load_n(&thread->looks, __ATOMIC_ACQUIRE))
        (void)thrum_os_wait(&thread->looks, looks, THRUM_FOREVER);
}

/* --- the end ---------------------------------------------------------------------------------- */

void thrum_windows_finish(struct thrum_block *block)
{
    struct thrum_os_thread *thread = &block->os;
    __atomic_store_n(&thread->finished, true, __ATOMIC_RELAXED);
    leave_stack(thread);
    if (thread->leader) { /* which leaves by the system's means: the last of all ends the process */
        /* release: as where main parks */
        __atomic_fetch_or(&block->life, THRUM_LIFE_ENDED, __ATOMIC_RELEASE);
        thrum_os_thread_mark_gone(thread);
        return;
    }
    await(&thread->held); /* its maker still writes there */
    if (block->adopted)
        thrum_retired_push(block);
    thrum_thread_last(block);
}

_Noreturn void thrum_os_thread_exit(struct thrum_block *block)
{
    thrum_windows_finish(block);
    thrum_windows_leave_fault_stack(&block->os);
    ExitThread(0);
}

/* --- gone ------------------------------------------------------------------------------------- */

/* Whoever is told that a thread is gone reaps it. */
static void reap(struct thrum_os_thread *thread)
{
    (void)CloseHandle(thread->handle);
    thread->handle = NULL;
    thrum_number_free(thread->number);
    while (thread->areas != NULL) {
        void *area = thread->areas;
        thread->areas = *(void **)area;
        thrum_os_unmap(area, 0);
    }
}

bool thrum_os_thread_ended(const struct thrum_os_thread *thread)
{
    static const int64_t at_once = 0;
    if (thread->leader) /* acquire: all the thread did comes before what its joiner does */
        return (__atomic_load_n(&thread->live, __ATOMIC_ACQUIRE) & ~AWAITED) == 0;
    return told(&thread->held) && NtWaitForSingleObject(thread->handle, 0, &at_once) == 0;
}

bool thrum_os_thread_silent(const struct thrum_os_thread *thread)
{
    /* a leader that leaves by the system's means has said so before others' last steps */
    return thrum_os_thread_ended(thread) &&
           !(thread->leader && __atomic_load_n(&thread->finished, __ATOMIC_RELAXED));
}

bool thrum_os_thread_gone(struct thrum_os_thread *thread)
{
    bool gone = thrum_os_thread_ended(thread);
    if (gone && !thread->leader)
        reap(thread);
    return gone;
}

static thrum_status wait_for_leader(struct thrum_os_thread *thread, thrum_time deadline)
{
    bool late = false;
    /* acquire, here and below: all the thread did comes before what its joiner does */
    uint32_t live = __atomic_load_n(&thread->live, __ATOMIC_ACQUIRE);
    while (live != 0) {
        if (late)
            return THRUM_TIMED_OUT;
        if ((live & AWAITED) ||
            __atomic_compare_exchange_n(&thread->live, &live, live | AWAITED, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            late = thrum_os_wait(&thread->live, live | AWAITED, deadline) == THRUM_TIMED_OUT;
        live = __atomic_load_n(&thread->live, __ATOMIC_ACQUIRE);
    }
    return THRUM_OK;
}

thrum_status thrum_os_thread_wait_gone(struct thrum_os_thread *thread, thrum_time deadline)
{
    if (thread->leader)
        return wait_for_leader(thread, deadline);
    await(&thread->held);
    for (;;) {
        int64_t left;
        int32_t status =
            NtWaitForSingleObject(thread->handle, 0, thrum_windows_time_left(deadline, &left));
        if (status == 0)
            break;
        if (status != THRUM_WINDOWS_STATUS_TIMEOUT)
            thrum_os_refused("NtWaitForSingleObject", (long)(uint32_t)status);
        if (thrum_os_now() >= deadline)
            return THRUM_TIMED_OUT;
    }
    reap(thread);
    return THRUM_OK;
}

void thrum_os_thread_mark_gone(struct thrum_os_thread *thread)
{
    /* release: what the thread did comes before what its joiner does */
    if (__atomic_exchange_n(&thread->live, 0, __ATOMIC_RELEASE) & AWAITED)
        thrum_os_wake(&thread->live, THRUM_ALL);
}
