/* What is Windows' own: threads that others made, their end, slots, fibers, and the last error. */
#include "../../support/thread_system.h"
#include "../../support/windows/windows.h"

static thrum_tls_key key;
static uint32_t destroyed;
static thrum_mutex lock;

static void destroy(void *value)
{
    thrum_mutex_lock(&lock); /* it may wait: not under the loader's lock */
    destroyed += *(uint32_t *)value;
    thrum_mutex_unlock(&lock);
}

struct seen {
    uint64_t id;
    thrum_stack stack;
    const char *here;
    bool listed, exits;
};

static bool find(thrum_thread *thread, void *context)
{
    struct seen *seen = context;
    seen->listed |= thrum_thread_id(thread) == seen->id;
    return true;
}

static DWORD WINAPI call_thrum(void *context)
{
    static uint32_t one = 1;
    struct seen *seen = context;
    char here;
    thrum_tls_set(key, &one);
    seen->id = thrum_id();
    seen->here = &here;
    (void)thrum_stack_info(thrum_self(), &seen->stack);
    thrum_each_thread(find, seen);
    if (seen->exits)
        thrum_exit(NULL);
    return 0;
}

/* Adopted at its first call, listed, with keys whose destructors run at its end, and gone after it. */
TEST(windows_adopts_threads_of_others, 20)
{
    uint32_t before = test_thread_count();
    CHECK(thrum_tls_alloc(&key, destroy, 0) == THRUM_OK);
    destroyed = 0;
    for (unsigned i = 0; i < 10; ++i) {
        struct seen seen = { .exits = i % 2 };
        DWORD id = 0;
        HANDLE thread = CreateThread(NULL, 0, call_thrum, &seen, 0, &id);
        if (!CHECK(thread != NULL))
            break;
        WaitForSingleObject(thread, INFINITE);
        CloseHandle(thread);
        CHECK_EQ(seen.id, id);
        CHECK(seen.listed);
        CHECK(seen.here >= (char *)seen.stack.base &&
              seen.here < (char *)seen.stack.base + seen.stack.size);
        CHECK_EQ(destroyed, i + 1);
    }
    thrum_tls_free(key);
    CHECK_EQ(test_thread_count(), before);
}

static void *end_by_the_system(void *argument)
{
    thrum_tls_set(key, argument);
    ExitThread(0);
}

/* A thread of thrum's own that leaves by the system's means is joined like any other. */
TEST(windows_own_thread_may_call_exit_thread, 20)
{
    static uint32_t one = 1;
    CHECK(thrum_tls_alloc(&key, destroy, 0) == THRUM_OK);
    destroyed = 0;
    for (unsigned i = 0; i < 5; ++i)
        CHECK(test_join(test_spawn(end_by_the_system, &one)) == NULL);
    CHECK_EQ(destroyed, 5);
    thrum_tls_free(key);
}

/* --- the end of the process ------------------------------------------------------------------- */

static void say_destroyed(void *value)
{
    (void)value;
    text_print("destroyed\n");
}

static void return_with_a_value(void *unused)
{
    static uint32_t one = 1;
    (void)unused;
    CHILD_CHECK(thrum_tls_alloc(&key, say_destroyed, 0) == THRUM_OK);
    thrum_tls_set(key, &one);
    ExitProcess(7); /* its own callbacks run, and find it shutting down */
}

TEST(windows_end_of_the_process_runs_no_key_destructors, 20)
{
    if (!CHECK(system_run(return_with_a_value, NULL, 5000, test_child())))
        return;
    CHECK_EQ(test_child()->exit_status, 7);
    CHECK_EQ(test_child()->length, 0);
}

/* --- arguments -------------------------------------------------------------------------------- */

/* The frame names a test that it does not know. */
TEST(windows_arguments_arrive_whole, 20)
{
    static const char *const odd[] = { "two words", "a \"quote", "back\\slash", "\\\"", "end\\" };
    char path[MAX_PATH], name[] = "suite";
    CHECK(GetModuleFileNameA(NULL, path, sizeof path) > 0);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; ++i) {
        char *arguments[] = { name, (char *)(uintptr_t)odd[i], NULL };
        if (!CHECK(system_run_program(path, arguments, 5000, test_child())))
            return;
        CHECK_EQ(test_child()->exit_status, 1);
        const char *found = text_find(test_child()->output, "no test is named ");
        if (!CHECK(found != NULL && text_begins(found + 17, odd[i])))
            test_note("%s became: %s", odd[i], test_child()->output);
    }
}

/* --- slots ------------------------------------------------------------------------------------ */

static void *lock_and_name(void *argument)
{
    thrum_mutex_lock(&lock);
    bool right =
        thrum_mutex_holder(&lock) == GetCurrentThreadId() && thrum_self() == *(void **)argument;
    thrum_mutex_unlock(&lock);
    return right ? argument : NULL;
}

/* The slots in the thread's environment block are all taken before thrum's first call. */
static void take_slots_first(void *unused)
{
    thrum_thread *thread = NULL;
    (void)unused;
    for (int i = 0; i < TLS_MINIMUM_AVAILABLE; ++i)
        (void)TlsAlloc();
    SetLastError(1234);
    CHILD_CHECK(thrum_id() == GetCurrentThreadId());
    CHILD_CHECK(GetLastError() == 1234);
    for (int i = 0; i < 5; ++i) {
        CHILD_CHECK(thrum_spawn(&thread, lock_and_name, &thread, NULL) == THRUM_OK);
        void *result = NULL;
        CHILD_CHECK(thrum_join(thread, &result) == THRUM_OK && result == &thread);
    }
}

TEST(windows_works_without_a_direct_slot, 20)
{
    test_in_child(take_slots_first, NULL, 5000);
}

/* --- the last error --------------------------------------------------------------------------- */

static void *nothing(void *argument)
{
    return argument;
}

TEST(windows_last_error_is_left_alone, 20)
{
    thrum_stack info;
    unsigned cpus[64];
    size_t count;
    SetLastError(4321);
    thrum_thread *thread = test_spawn(nothing, NULL);
    (void)thrum_set_name(thread, "a name");
    (void)thrum_stack_info(thread, &info);
    (void)thrum_get_affinity(thread, cpus, 64, &count);
    (void)thrum_cpu_count();
    test_join(thread);
    thrum_mutex_lock(&lock);
    thrum_mutex_unlock(&lock);
    uint32_t word = 0;
    (void)!thrum_wait_until(&word, 0, thrum_after(1000000));
    thrum_sleep_until(thrum_after(1000000));
    thrum_yield();
    CHECK_EQ(GetLastError(), 4321);
}

/* --- handles ---------------------------------------------------------------------------------- */

static DWORD WINAPI call_once(void *unused)
{
    (void)unused;
    (void)thrum_id();
    return 0;
}

/* Wine does not tell how many there are. */
static uint32_t count_handles(void)
{
    uint32_t count = 0;
    DWORD flags;
    for (uintptr_t handle = 4; handle < 1 << 13; handle += 4)
        count += GetHandleInformation((HANDLE)handle, &flags) != 0;
    return count;
}

/* Of joined, detached and adopted threads alike; the last ones' are given back by the next sweep. */
TEST(windows_handles_are_given_back, 30)
{
    enum { ROUNDS = 30, A_FEW = 10 };
    uint32_t before = count_handles(), after;
    for (unsigned i = 0; i < ROUNDS; ++i) {
        thrum_spawn_options detached = { .detached = true };
        HANDLE thread = CreateThread(NULL, 0, call_once, NULL, 0, NULL);
        WaitForSingleObject(thread, INFINITE);
        CloseHandle(thread);
        CHECK(thrum_spawn(NULL, nothing, NULL, &detached) == THRUM_OK);
        test_join(test_spawn(nothing, NULL));
    }
    thrum_time limit = thrum_after(test_ms(2000));
    do {
        thrum_sleep_until(thrum_after(5000000));
        test_join(test_spawn(nothing, NULL));
        after = count_handles();
    } while (after > before + A_FEW && !test_late(limit));
    if (!CHECK(after <= before + A_FEW))
        test_note("%u handles before, %u after", before, after);
}

/* --- fibers ----------------------------------------------------------------------------------- */

struct fibers {
    void *thread, *other;
    thrum_thread *self_there;
    bool mine;
};

static void WINAPI in_fiber(void *context)
{
    struct fibers *fibers = context;
    fibers->self_there = thrum_self();
    fibers->mine = !thrum_mutex_try_lock(&lock) && thrum_mutex_holder(&lock) == thrum_id();
    SwitchToFiber(fibers->thread);
}

static void *switch_fibers(void *argument)
{
    struct fibers fibers = { 0 };
    thrum_tls_set(key, argument);
    thrum_mutex_lock(&lock);
    fibers.thread = ConvertThreadToFiber(NULL);
    fibers.other = CreateFiber(0, in_fiber, &fibers);
    if (!CHECK(fibers.thread && fibers.other))
        return NULL;
    SwitchToFiber(fibers.other);
    DeleteFiber(fibers.other);
    CHECK(fibers.self_there == thrum_self());
    CHECK(fibers.mine);
    thrum_mutex_unlock(&lock);
    CHECK_EQ(destroyed, 0);
    CHECK(ConvertFiberToThread() != 0);
    return argument;
}

/* A thread's fibers are all it: its locks, its keys; a fiber's end is not its. */
TEST(windows_fibers_are_their_thread, 20)
{
    static uint32_t one = 1;
    CHECK(thrum_tls_alloc(&key, destroy, 0) == THRUM_OK);
    destroyed = 0;
    CHECK(test_join(test_spawn(switch_fibers, &one)) == &one);
    CHECK_EQ(destroyed, 1);
    thrum_tls_free(key);
}

static struct fibers outlived; /* not on the stack that goes */
static uint32_t destroyed_early;

static void *delete_fiber(void *fiber)
{
    DeleteFiber(fiber);
    return NULL;
}

static void WINAPI outlive(void *unused)
{
    (void)unused;
    test_join(test_spawn(delete_fiber, outlived.thread));
    destroyed_early = destroyed;
    thrum_exit(&outlived);
}

static void *leave_fiber_behind(void *argument)
{
    thrum_tls_set(key, argument);
    outlived.thread = ConvertThreadToFiber(NULL);
    outlived.other = CreateFiber(0, outlive, NULL);
    if (CHECK(outlived.thread && outlived.other))
        SwitchToFiber(outlived.other);
    return NULL;
}

/* What another thread deletes is a fiber, and no thread's end. */
TEST(windows_thread_outlives_its_first_fiber, 20)
{
    static uint32_t one = 1;
    CHECK(thrum_tls_alloc(&key, destroy, 0) == THRUM_OK);
    destroyed = 0;
    CHECK(test_join(test_spawn(leave_fiber_behind, &one)) == &outlived);
    CHECK_EQ(destroyed_early, 0);
    CHECK_EQ(destroyed, 1);
    thrum_tls_free(key);
}

/* --- alignment -------------------------------------------------------------------------------- */

static void *check_alignment(void *argument)
{
    _Alignas(16) unsigned char line[16];
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    bool right = seen_address(line) % 16 == 0 && frame % sizeof(void *) == 0;
    return right ? argument : NULL;
}

TEST(windows_stack_is_aligned, 20)
{
    char place;
    for (unsigned i = 0; i < 10; ++i)
        CHECK(test_join(test_spawn(check_alignment, &place)) == &place);
}
