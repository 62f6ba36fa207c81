/* Threads that are named to the system by their ids. */
#include "thread/life.h"

bool thrum_thread_hold(struct thrum_block *thread)
{
    uint32_t life = __atomic_load_n(&thread->life, __ATOMIC_RELAXED);
    do
        if (life & THRUM_LIFE_ENDED)
            return false;
    while (!__atomic_compare_exchange_n(&thread->life, &life, life + THRUM_LIFE_HELD, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return true;
}

/* After it the thread may be gone: the wake touches nothing. */
void thrum_thread_let_go(struct thrum_block *thread)
{
    /* release: what was done with the id comes before the thread's last step */
    if (__atomic_fetch_sub(&thread->life, THRUM_LIFE_HELD, __ATOMIC_RELEASE) & THRUM_LIFE_ENDED)
        thrum_os_wake(&thread->life, 1);
}
