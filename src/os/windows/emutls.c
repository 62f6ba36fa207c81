/* Thread-local variables of gcc, which emulates them by calls of __emutls_get_address (its manual,
 * "Thread-Local Storage"; libgcc has the same above a C run-time): for programs without one. Each
 * variable gets a number at its first use, and each thread a table of where its own are; the memory of
 * both goes when the thread is gone. */
#include "os/windows/windows.h"
#include "sync/lock.h"

struct __emutls_object { /* written by the compiler */
    uintptr_t size, align;
    uintptr_t number; /* 0 until it is used */
    const void *initial;
};
void *__emutls_get_address(struct __emutls_object *object);

/* An area of a thread: its head, then what was taken of it. */
struct area {
    struct area *next;
    size_t size, used;
};

static struct thrum_lock numbers_lock;
static uintptr_t numbers;

static uintptr_t number_of(struct __emutls_object *object)
{
    uintptr_t number = __atomic_load_n(&object->number, __ATOMIC_RELAXED);
    if (number != 0)
        return number;
    thrum_lock_take(&numbers_lock);
    number = object->number;
    if (number == 0) {
        number = ++numbers;
        __atomic_store_n(&object->number, number, __ATOMIC_RELAXED);
    }
    thrum_lock_release(&numbers_lock);
    return number;
}

/* Zeroed. There is no status to answer with. */
static void *take(struct thrum_os_thread *thread, size_t size, size_t align)
{
    enum { AREA = 65536 };
    struct area *area = thread->areas;
    uintptr_t at = area != NULL ? ((uintptr_t)area + area->used + align - 1) & ~(align - 1) : 0;
    if (area == NULL || at + size > (uintptr_t)area + area->size) {
        size_t wanted = sizeof *area + size + align;
        wanted = wanted < AREA ? AREA : wanted;
        area = thrum_os_map(wanted);
        if (area == NULL)
            thrum_os_refused("VirtualAlloc", (long)GetLastError());
        area->next = thread->areas;
        area->size = wanted;
        thread->areas = area;
        at = ((uintptr_t)(area + 1) + align - 1) & ~(align - 1);
    }
    area->used = at + size - (uintptr_t)area;
    return (void *)at;
}

static void **place_of(struct thrum_os_thread *thread, uintptr_t number)
{
    if (number > thread->variable_count) {
        uint32_t count = thread->variable_count * 2 + 32;
        count = count < number ? (uint32_t)number + 32 : count;
        void **table = take(thread, count * sizeof *table, sizeof *table);
        if (thread->variables != NULL)
            __builtin_memcpy(table, thread->variables, thread->variable_count * sizeof *table);
        thread->variables = table;
        thread->variable_count = count;
    }
    return &thread->variables[number - 1];
}

void *__emutls_get_address(struct __emutls_object *object)
{
    struct thrum_os_thread *thread = &thrum_block_self()->os;
    void **place = place_of(thread, number_of(object));
    if (*place == NULL) {
        *place = take(thread, object->size, object->align);
        if (object->initial != NULL)
            __builtin_memcpy(*place, object->initial, object->size);
    }
    return *place;
}
