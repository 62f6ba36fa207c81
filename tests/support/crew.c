/* Crews, rallies and flags of crew.h. */
#include "crew.h"

#include "system.h"

static void *member_main(void *argument)
{
    struct member *member = argument;
    __atomic_store_n(&member->id, (uint32_t)thrum_id(), __ATOMIC_RELEASE);
    if (member->gate)
        flag_await(member->gate, 1);
    member->run(member);
    return NULL;
}

static void start(struct member *members, uint32_t count, void (*run)(struct member *member),
                  void *shared, const uint32_t *gate)
{
    for (uint32_t i = 0; i < count; ++i) {
        struct member *member = &members[i];
        member->index = i;
        member->count = count;
        member->random = test_seed() + i * 0x9e3779b97f4a7c15u;
        member->shared = shared;
        member->id = 0;
        member->run = run;
        member->gate = gate;
        member->thread = test_spawn(member_main, member);
    }
}

void crew_start(struct member *members, uint32_t count, void (*run)(struct member *member),
                void *shared)
{
    start(members, count, run, shared, NULL);
}

void crew_join(struct member *members, uint32_t count)
{
    for (uint32_t i = 0; i < count; ++i)
        test_join(members[i].thread);
}

void crew_run(uint32_t count, void (*run)(struct member *member), void *shared)
{
    struct member members[CREW_MAX];
    uint32_t gate = 0;
    if (!CHECK(count <= CREW_MAX))
        return;
    start(members, count, run, shared, &gate);
    flag_set(&gate, 1);
    crew_join(members, count);
}

void rally_meet(struct rally *rally)
{
    uint32_t round = __atomic_load_n(&rally->round, __ATOMIC_ACQUIRE);
    if (__atomic_add_fetch(&rally->arrived, 1, __ATOMIC_ACQ_REL) == rally->size) {
        __atomic_store_n(&rally->arrived, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&rally->round, round + 1, __ATOMIC_RELEASE);
        return;
    }
    for (uint32_t looks = 0; __atomic_load_n(&rally->round, __ATOMIC_ACQUIRE) == round; ++looks) {
        if (looks > 100)
            thrum_yield();
    }
}

void flag_set(uint32_t *flag, uint32_t value)
{
    __atomic_store_n(flag, value, __ATOMIC_RELEASE);
}

uint32_t flag_get(const uint32_t *flag)
{
    return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

void flag_add(uint32_t *flag, uint32_t value)
{
    __atomic_fetch_add(flag, value, __ATOMIC_ACQ_REL);
}

void flag_await(const uint32_t *flag, uint32_t value)
{
    while (flag_get(flag) != value)
        thrum_yield();
}

bool flag_await_until(const uint32_t *flag, uint32_t least, thrum_time limit)
{
    while (flag_get(flag) < least) {
        if (test_late(limit))
            return false;
        thrum_yield();
    }
    return true;
}

void until_asleep(uint64_t thread_id)
{
    while (!system_thread_sleeps(thread_id))
        thrum_yield();
}

void until_member_asleep(const struct member *member)
{
    uint32_t id;
    while ((id = __atomic_load_n(&member->id, __ATOMIC_ACQUIRE)) == 0)
        thrum_yield();
    until_asleep(id);
}

void sleep_ms(uint32_t milliseconds)
{
    thrum_sleep_until(thrum_after(test_ms(milliseconds)));
}

void burn(uint32_t rounds)
{
    for (uint32_t i = 0; i < rounds; ++i)
        __asm__ volatile("" ::: "memory");
}
