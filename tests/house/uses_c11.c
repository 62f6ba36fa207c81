/* What C and C++ programs write with <threads.h>. Compiled by headers.sh as both languages, with the
 * header's own folder as the one include path; never run. */
#include <threads.h>
#ifdef USES_STDLIB_LATE
#include <stdlib.h>
#endif

static once_flag once = ONCE_FLAG_INIT;
static thread_local int depth = 1;
static mtx_t mutex;
static cnd_t cond;
static tss_t key;

static void destroy(void *value)
{
    *(int *)value = TSS_DTOR_ITERATIONS;
}

static void run_once(void)
{
    if (mtx_init(&mutex, mtx_timed | mtx_recursive) != thrd_success)
        thrd_exit(thrd_error);
    if (cnd_init(&cond) != thrd_success || tss_create(&key, destroy) != thrd_success)
        thrd_exit(thrd_nomem);
}

static int run(void *argument)
{
    struct timespec time;
    const tss_dtor_t destructor = destroy;
    call_once(&once, run_once);
    if (once.private_word == 0) /* which the libc's own has not */
        return thrd_error;
    if (timespec_get(&time, TIME_UTC) != TIME_UTC || mtx_timedlock(&mutex, &time) != thrd_success)
        return thrd_timedout;
    time.tv_sec += depth;
    cnd_signal(&cond);
    cnd_broadcast(&cond);
    int result = cnd_timedwait(&cond, &mutex, &time);
    if (mtx_trylock(&mutex) == thrd_busy || mtx_lock(&mutex) == thrd_success)
        result += cnd_wait(&cond, &mutex) + mtx_unlock(&mutex);
    result += tss_set(key, argument);
    if (tss_get(key) != argument)
        destructor(argument);
    return result;
}

int thrum_house_uses_c11(void);
int thrum_house_uses_c11(void)
{
    const struct timespec length = { 1, 500000000 };
    const thrd_start_t function = run;
    thrd_t thread, other;
    int result = 0;
    if (thrd_create(&thread, function, &depth) == thrd_success)
        thrd_join(thread, &result);
    if (thrd_create(&other, run, NULL) == thrd_success && !thrd_equal(other, thrd_current()))
        thrd_detach(other);
    thrd_yield();
    result += thrd_sleep(&length, NULL);
    tss_delete(key);
    cnd_destroy(&cond);
    mtx_destroy(&mutex);
    return result;
}
