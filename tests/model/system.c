/* The model's system: what os.h asks, as far as the modelled sources ask it. */
#include "os/os.h"

#include <string.h>

#include "machine.h"
#include "thread/life.h"

void model_at(const struct model_site *site);

enum { NOW = 1000, PAGE = 64 };

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    machine_point(MODEL_WAIT, address);
    machine_touch(address, sizeof *address);
    machine_saw("%#x, sleeps while %#x", *address, expected);
    if (*address != expected)
        return THRUM_OK;
    return machine_sleep(address, deadline);
}

static void wake(const uint32_t *address, uint32_t count)
{
    machine.threads[machine.self].count = count;
    machine_point(MODEL_WAKE, address);
    machine.threads[machine.self].count = 0;
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        if (machine.choice >> i & 1)
            machine_wake(i,
                         machine.choice >> (i + MODEL_LATE_SHIFT) & 1 ? THRUM_TIMED_OUT : THRUM_OK);
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    wake(address, count);
}

/* As the kernel does it, in one step; `target` is a number to it. */
bool thrum_os_requeue(const uint32_t *address, uint32_t expected, const uint32_t *target)
{
    if (model_get_outcome()->scenario->never_moves)
        return false;
    machine_point(MODEL_MOVE, address);
    machine_touch(address, sizeof *address);
    machine_saw("%#x, if it is %#x", *address, expected);
    for (unsigned i = 0; i < MODEL_THREADS && *address == expected; i++)
        if (machine.threads[i].state == MODEL_SLEEPS && machine.threads[i].address == address)
            machine.threads[i].address = target;
    if (model_get_outcome()->scenario->stops_moving && model_either("stops for ever"))
        machine_park();
    return true;
}

thrum_time thrum_os_now(void)
{
    return NOW;
}

int64_t thrum_os_wall_clock(uint32_t *nanoseconds)
{
    *nanoseconds = 0;
    return 0;
}

void thrum_os_yield(void)
{
    model_pause("yields");
}

void thrum_os_sleep_until(thrum_time deadline)
{
    if (deadline == THRUM_FOREVER)
        machine_park();
    model_pause("sleeps");
}

/* --- threads ---------------------------------------------------------------------------------- */

/* A thread of the scenario's own stays in the registry, and keeps its id. */
static bool is_free(const struct model_thread *thread)
{
    return thread->state == MODEL_NONE || (thread->state == MODEL_ENDED && !thread->own_block);
}

static uint32_t free_id(void)
{
    uint32_t id = 0, taken;
    do {
        id++;
        taken = 0;
        for (unsigned i = 0; i < MODEL_THREADS; i++)
            taken |= !is_free(&machine.threads[i]) && machine.threads[i].id == id;
    } while (taken);
    return id;
}

static void born(void)
{
    thrum_thread_main(model_block());
}

void thrum_os_thread_expect(struct thrum_os_thread *thread)
{
    thread->live = 1;
}

/* Ids are given again as soon as a thread is gone. */
thrum_status thrum_os_thread_start(struct thrum_block *block, void *stack)
{
    (void)stack;
    model_pause("starts a thread");
    unsigned index = 0;
    while (index < MODEL_THREADS && !is_free(&machine.threads[index]))
        index++;
    if (index == MODEL_THREADS)
        return THRUM_THREAD_LIMIT;
    block->os.id = machine.threads[index].id = free_id();
    machine.threads[index].own_block = false;
    machine_born(index, block, born);
    return THRUM_OK;
}

_Noreturn void thrum_os_thread_exit(struct thrum_block *block)
{
    thrum_thread_last(block);
    model_pause("leaves its stack");
    machine_touch(&block->os.live, sizeof block->os.live);
    block->os.live = 0;
    orders_store(&block->os.live, __ATOMIC_RELAXED,
                 false);                         /* by the system, whose stores order nothing */
    for (unsigned i = 0; i < MODEL_THREADS; i++) /* the system's own wake */
        if (machine.threads[i].state == MODEL_SLEEPS &&
            machine.threads[i].address == &block->os.live)
            machine_wake(i, THRUM_OK);
    machine_end();
}

bool thrum_os_thread_gone(struct thrum_os_thread *thread)
{
    model_at(NULL);
    machine_point(MODEL_LOAD, "gone?");
    machine_touch(&thread->live, sizeof thread->live);
    machine_saw("%s", thread->live == 0 ? "yes" : "no");
    orders_load(&thread->live, __ATOMIC_ACQUIRE);
    return thread->live == 0;
}

bool thrum_os_thread_ended(const struct thrum_os_thread *thread)
{
    return thrum_os_thread_gone((struct thrum_os_thread *)(uintptr_t)thread);
}

thrum_status thrum_os_thread_wait_gone(struct thrum_os_thread *thread, thrum_time deadline)
{
    thrum_status status = THRUM_OK;
    while (!thrum_os_thread_gone(thread)) {
        if (status == THRUM_TIMED_OUT)
            return status;
        model_at(NULL);
        status = thrum_os_wait(&thread->live, 1, deadline);
    }
    return THRUM_OK;
}

void thrum_os_thread_adopt(struct thrum_os_thread *thread)
{
    thread->live = 1;
}

void thrum_os_thread_mark_gone(struct thrum_os_thread *thread)
{
    model_pause("is marked gone");
    thread->live = 0;
    orders_store(&thread->live, __ATOMIC_RELEASE, false);
    model_at(NULL);
    wake(&thread->live, UINT32_MAX);
}

uint64_t thrum_os_thread_id(const struct thrum_os_thread *thread)
{
    machine_touch(&thread->id, sizeof thread->id);
    return thread->id;
}

uint64_t thrum_os_thread_await_id(struct thrum_os_thread *thread)
{
    return thrum_os_thread_id(thread);
}

uint32_t thrum_os_thread_lock_id(const struct thrum_os_thread *thread)
{
    return thread->id;
}

thrum_status thrum_os_set_name(const struct thrum_os_thread *thread, bool self, const char *name)
{
    (void)thread, (void)self, (void)name;
    return THRUM_OK;
}

_Noreturn void thrum_start_exit(int status)
{
    (void)status;
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        if (machine.threads[i].state == MODEL_SLEEPS)
            model_fail("the process ends while a thread waits");
    model_get_outcome()->process_ended = true;
    model_done();
}

/* --- memory ----------------------------------------------------------------------------------- */

size_t thrum_os_page_size(void)
{
    return PAGE;
}

size_t thrum_os_smallest_stack(void)
{
    return PAGE;
}

size_t thrum_os_stack_overhead(void)
{
    return 0;
}

void *thrum_os_map(size_t size)
{
    return machine_take(size);
}

void thrum_os_stack_mapped(void *address, size_t size)
{
    (void)address, (void)size;
}

bool thrum_os_guard(void *address, size_t size)
{
    (void)address, (void)size;
    return true;
}

uintptr_t thrum_os_random(void)
{
    return 0;
}

/* Memory is given back, or out again, only when no thread stands on it any more. */
static void check_gone(const void *address, size_t size)
{
    for (unsigned i = 0; i < MODEL_THREADS; i++) {
        const char *block = (const char *)machine.threads[i].block;
        if (machine.threads[i].state != MODEL_ENDED && block >= (const char *)address &&
            block < (const char *)address + size + MODEL_BLOCK && !machine.threads[i].own_block)
            model_fail("takes the memory of a thread that is not gone");
    }
}

void thrum_os_unmap(void *address, size_t size)
{
    check_gone(address, size);
    machine_release(address, size);
}

bool thrum_os_refresh(void *address, size_t size)
{
    check_gone(address, size);
    machine_touch(address, size);
    memset(address, 0, size);
    return true;
}

/* --- the end ---------------------------------------------------------------------------------- */

void thrum_os_write(int fd, const char *text, size_t length)
{
    struct model_outcome *outcome = model_get_outcome();
    (void)fd;
    if (length >= sizeof outcome->line)
        length = sizeof outcome->line - 1;
    memcpy(outcome->line, text, length);
    outcome->line[length] = '\0';
}

void thrum_os_write_error(const char *text, size_t length)
{
    thrum_os_write(2, text, length);
}

_Noreturn void thrum_os_abort(void)
{
    struct model_outcome *outcome = model_get_outcome();
    const struct model_scenario *scenario = outcome->scenario;
    if (scenario->fatal != NULL && scenario->fatal(outcome->line)) {
        outcome->reported = true;
        model_done();
    }
    model_fail("a fatal line that is not called for");
}
