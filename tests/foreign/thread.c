/* The guest's threads: one of the host each, with a stack of the runner's for its signals and
 * calls. */
#include "foreign.h"

enum { CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800 };
enum { CLONE_THREAD = 0x10000, CLONE_SYSVSEM = 0x40000, CLONE_CHILD_CLEARTID = 0x200000 };
enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, ON_STACK = 0 };

static struct thread *first, *unused;
static uint32_t lock;
/* Where ids count on for ever, as in a process that has made millions in between. */
enum { JUMP = 1 << 22, JUMPS_BELOW = 1 << 30 };
static int64_t last_tid;

static bool ids_count(void)
{
    return guest->first_tid == 1 || (guest == &netbsd && old_kernel);
}
uint32_t thread_count;

/* What a thread begins with; on its own stack, above its structure. */
struct beginning {
    uint64_t registers[REGISTERS];
    uint64_t mask, tls;
    bool set_tls;
};

struct thread *thread_self(void)
{
    return (struct thread *)((uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)(THREAD_SIZE - 1));
}

void threads_lock(void)
{
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE) != 0)
        host1(__NR_sched_yield, 0);
}

void threads_unlock(void)
{
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

static struct thread *fresh_space(void)
{
    long result = host(__NR_mmap, 0, 2 * THREAD_SIZE, 3,
                       HOST_MAP_PRIVATE | HOST_MAP_ANONYMOUS | HOST_MAP_NORESERVE, -1, 0);
    if (result < 0)
        return NULL;
    uintptr_t aligned = ((uintptr_t)result + THREAD_SIZE - 1) & ~(uintptr_t)(THREAD_SIZE - 1);
    return (struct thread *)aligned;
}

/* One whose host's thread is gone, or a new one. */
static struct thread *find_space(void)
{
    for (struct thread **link = &unused; *link != NULL; link = &(*link)->next) {
        struct thread *found = *link;
        if (__atomic_load_n(&found->host_live, __ATOMIC_ACQUIRE) != 0)
            continue;
        *link = found->next;
        return found;
    }
    return fresh_space();
}

static void take_alternate_stack(struct thread *self)
{
    struct {
        void *base;
        int flags;
        size_t size;
    } stack = { (char *)self + sizeof *self, ON_STACK, THREAD_SIZE - sizeof *self };
    host2(__NR_sigaltstack, &stack, NULL);
}

struct thread *thread_new(struct thread *maker)
{
    threads_lock();
    struct thread *thread = find_space();
    if (thread != NULL) {
        memset(thread, 0, sizeof *thread);
        thread->next = first;
        first = thread;
        thread_count++;
        thread->host_live = 1;
        thread->random = maker != NULL ? maker->random + thread_count * 0x1234567ul : 0;
    }
    threads_unlock();
    if (maker == NULL) {
        thread->host_tid = (uint32_t)host1(__NR_gettid, 0);
        take_alternate_stack(thread);
    }
    if (maker != NULL && ids_count() && last_tid < JUMPS_BELOW && chance(maker, 64))
        __atomic_fetch_add(&last_tid, JUMP, __ATOMIC_RELAXED);
    if (thread != NULL && (maker == NULL || ids_count()))
        thread->tid = ids_count() ? __atomic_add_fetch(&last_tid, 1, __ATOMIC_RELAXED)
                                  : guest->first_tid + thread->host_tid;
    return thread;
}

struct thread *thread_find(int64_t tid)
{
    struct thread *thread = first;
    while (thread != NULL && (thread->tid != tid || thread->zombie))
        thread = thread->next;
    return thread;
}

struct thread *thread_find_any(int64_t tid)
{
    struct thread *thread = first;
    while (thread != NULL && thread->tid != tid)
        thread = thread->next;
    return thread;
}

void catch_calls(void)
{
    struct host_action action = { (uintptr_t)on_call, 0x0c000004, restorer, ~0ul };
    cpu_catch_calls();
    host4(__NR_rt_sigaction, HOST_SIGCALL, &action, NULL, 8);
}

__attribute__((used)) _Noreturn void begin_thread(struct thread *self)
{
    struct beginning beginning = *(const struct beginning *)((char *)self + sizeof *self);
    take_alternate_stack(self);
    catch_calls();
    if (beginning.set_tls)
        cpu_set_thread_pointer(beginning.tls);
    while (__atomic_load_n(&self->go, __ATOMIC_ACQUIRE) == 0)
        host4(__NR_futex, &self->go, FUTEX_WAIT, 0, NULL);
    if (guest == &netbsd)
        netbsd_before_start(self);
    enter(self, beginning.registers, beginning.mask);
}

long thread_start(struct thread *thread, const uint64_t *registers, uint64_t mask, bool set_tls,
                  uint64_t tls)
{
    struct beginning *beginning = (void *)((char *)thread + sizeof *thread);
    memcpy(beginning->registers, registers, sizeof beginning->registers);
    beginning->mask = mask;
    beginning->set_tls = set_tls;
    beginning->tls = tls;
    long tid = clone_thread(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                CLONE_SYSVSEM | CLONE_CHILD_CLEARTID,
                            (char *)thread + THREAD_SIZE - 64, &thread->host_live, thread);
    if (tid < 0) {
        thread->host_live = 0;
        thread_reap(thread);
        return answer(tid);
    }
    thread->host_tid = (uint32_t)tid;
    if (!ids_count())
        thread->tid = guest->first_tid + tid;
    return 0;
}

void thread_go(struct thread *thread)
{
    __atomic_store_n(&thread->go, 1, __ATOMIC_RELEASE);
    host3(__NR_futex, &thread->go, FUTEX_WAKE, 1);
}

/* Out of the list; its space is used again when the host's thread is gone. */
void thread_reap(struct thread *thread)
{
    threads_lock();
    struct thread **link = &first;
    while (*link != thread)
        link = &(*link)->next;
    *link = thread->next;
    thread->next = unused;
    unused = thread;
    if (!thread->zombie)
        thread_count--;
    threads_unlock();
}

void thread_end(struct thread *self, bool reap)
{
    if (reap)
        thread_reap(self);
    for (;;)
        host1(__NR_exit, 0);
}

void threads_after_fork(struct thread *self)
{
    lock = 0;
    while (first != NULL) {
        struct thread *next = first->next;
        if (first != self) {
            first->host_live = 0;
            first->next = unused;
            unused = first;
        }
        first = next;
    }
    first = self;
    self->next = NULL;
    thread_count = 1;
    last_tid = 1;
    self->host_tid = (uint32_t)host1(__NR_gettid, 0);
    self->tid = ids_count() ? 1 : guest->first_tid + self->host_tid;
}

long signal_thread(int64_t tid, int signal)
{
    threads_lock();
    struct thread *thread = thread_find(tid);
    long result = -ESRCH;
    if (signal < 0 || signal >= SIGNALS)
        result = -EINVAL;
    else if (thread != NULL)
        result = answer(
            host3(__NR_tgkill, host1(__NR_getpid, 0), thread->host_tid, host_signal(signal)));
    threads_unlock();
    return result;
}

long name_thread(struct thread *thread, const char *name)
{
    size_t i = 0;
    for (; i < sizeof thread->name - 1 && name[i] != '\0'; i++)
        thread->name[i] = name[i];
    thread->name[i] = '\0';
    return 0;
}
