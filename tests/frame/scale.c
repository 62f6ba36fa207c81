/* How fast this machine is, and random numbers. */
#include "frame.h"

enum {
    NATIVE_SPAWN_NS = 60000,    /* a spawn and join on a native CPU, loaded: 20 to 50 us */
    EMULATED_SPAWN_NS = 130000, /* from here on it is taken for an emulated one */
    SPAWNS = 48,                /* the fastest of these counts, the others met other programs */
    EMULATED_MOST_PERCENT = 5,
    EMULATED_MOST_STRETCH = 400 /* what takes longest in the tests is sleep, no slower there */
};

struct test_figures test_figures = { .scale_percent = 100, .stretch_percent = 100 };

void frame_set_seed(uint64_t seed)
{
    test_figures.seed = seed;
}

void frame_set_scale(uint32_t percent)
{
    test_figures.scale_percent = percent;
    test_figures.scale_given = true;
}

static void *nothing(void *argument)
{
    return argument;
}

void frame_measure(void)
{
    thrum_time best = THRUM_FOREVER;
    for (unsigned i = 0; i < SPAWNS; ++i) {
        thrum_thread *thread;
        thrum_time start = thrum_now();
        if (thrum_spawn(&thread, nothing, NULL, NULL) != THRUM_OK)
            continue;
        thrum_join(thread, NULL);
        thrum_time took = thrum_now() - start;
        best = took < best ? took : best;
    }
    if (best == THRUM_FOREVER) {
        test_note("no thread could be spawned to measure");
        return;
    }
    uint64_t stretch = 100;
    if (best > EMULATED_SPAWN_NS) {
        uint64_t percent = (uint64_t)NATIVE_SPAWN_NS * 100 / best;
        if (!test_figures.scale_given)
            test_figures.scale_percent = percent < 2 ? 2 : (uint32_t)percent;
        stretch = best * 100 / NATIVE_SPAWN_NS;
        stretch = stretch > 2000 ? 2000 : stretch;
    }
    if (system_emulated()) {
        if (!test_figures.scale_given && test_figures.scale_percent > EMULATED_MOST_PERCENT)
            test_figures.scale_percent = EMULATED_MOST_PERCENT;
        if (stretch > EMULATED_MOST_STRETCH)
            stretch = EMULATED_MOST_STRETCH;
    }
    __atomic_store_n(&test_figures.stretch_percent, (uint32_t)stretch, __ATOMIC_RELAXED);
    test_note("spawn+join %l ns, counts at %u%%, times at %l%%", best, test_figures.scale_percent,
              stretch);
}

thrum_time frame_stretch(thrum_time length)
{
    return length * __atomic_load_n(&test_figures.stretch_percent, __ATOMIC_RELAXED) / 100;
}

uint32_t test_scale(uint32_t full, uint32_t least)
{
    uint64_t scaled = (uint64_t)full * test_figures.scale_percent / 100;
    scaled = scaled > UINT32_MAX ? UINT32_MAX : scaled;
    return scaled < least ? least : (uint32_t)scaled;
}

uint32_t test_scale_threads(uint32_t full, uint32_t least)
{
    return system_emulated() && !test_figures.scale_given ? least : test_scale(full, least);
}

thrum_time test_ms(uint32_t milliseconds)
{
    return frame_stretch((thrum_time)milliseconds * 1000000);
}

thrum_time test_run_ms(uint32_t milliseconds)
{
    return (thrum_time)milliseconds * 1000000;
}

uint64_t test_seed(void)
{
    return test_figures.seed;
}

/* splitmix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014): any
 * state is a good one. */
uint64_t test_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t test_pick(uint64_t *state, uint32_t count)
{
    return (uint32_t)((test_random(state) >> 32) * count >> 32);
}
