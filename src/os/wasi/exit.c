/* The program's destructors: compilers register them here, one by one, while constructors run. */
#include "os/wasi/wasi.h"
#include "thread/life.h"

struct destructor {
    void (*run)(void *argument);
    void *argument;
};

enum { FIRST = 32, PAGE = 4096, MORE = (PAGE - 8) / (int)sizeof(struct destructor) };

/* Newest batch first; the first one is static, so that a small program maps nothing for it. */
struct batch {
    struct batch *older;
    size_t count;
    struct destructor list[];
};

static struct thrum_wasi_lock lock; /* of what follows */
static struct destructor first[FIRST];
static size_t first_count;
static struct batch *newest;

int __cxa_atexit(void (*run)(void *argument), void *argument, void *object);

static struct destructor *take_place(void)
{
    if (first_count < FIRST)
        return &first[first_count++];
    if (newest == NULL || newest->count == MORE) {
        struct batch *batch = thrum_os_map(PAGE);
        if (batch == NULL)
            return NULL;
        batch->older = newest;
        newest = batch;
    }
    return &newest->list[newest->count++];
}

/* `object` tells which of several loaded libraries it belongs to; here is one program. */
__attribute__((weak)) int __cxa_atexit(void (*run)(void *argument), void *argument, void *object)
{
    (void)object;
    thrum_wasi_lock(&lock);
    struct destructor *place = take_place();
    if (place != NULL)
        *place = (struct destructor){ run, argument };
    thrum_wasi_unlock(&lock);
    return place != NULL ? 0 : -1;
}

static bool take_last(struct destructor *last)
{
    thrum_wasi_lock(&lock);
    while (newest != NULL && newest->count == 0)
        newest = newest->older;
    bool any = newest != NULL || first_count > 0;
    if (newest != NULL)
        *last = newest->list[--newest->count];
    else if (any)
        *last = first[--first_count];
    thrum_wasi_unlock(&lock);
    return any;
}

_Noreturn void thrum_start_exit(int status)
{
    thrum_thread_ends_process();
    struct destructor last;
    while (take_last(&last))
        last.run(last.argument);
    thrum_os_exit(status);
}
