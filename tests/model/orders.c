/* Memory orders, as far as plain data shows them: the schedules are sequentially consistent, but
 * each plain access must come after what it depends on by the acquires and releases there were
 * (vector clocks, as in Flanagan and Freund, "FastTrack", 2009). They are no part of what tells
 * states apart, so of the ways to a state one is looked at. With --orders only. */
#include "machine.h"

#include <string.h>

enum { CELLS = 512, SYNCS = 256 };

_Alignas(8) struct model_orders model_orders;
bool model_orders_on;

static struct model_cell *cell_of(const void *address)
{
    size_t at = ((uintptr_t)address >> 1) % CELLS;
    while (model_orders.cells[at].address != NULL && model_orders.cells[at].address != address)
        at = (at + 1) % CELLS;
    model_orders.cells[at].address = address;
    return &model_orders.cells[at];
}

static uint16_t *sync_of(const void *address)
{
    size_t at = ((uintptr_t)address >> 2) % SYNCS;
    while (model_orders.syncs[at].address != NULL && model_orders.syncs[at].address != address)
        at = (at + 1) % SYNCS;
    model_orders.syncs[at].address = address;
    return model_orders.syncs[at].clock;
}

static void join(uint16_t *into, const uint16_t *from)
{
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        if (from[i] > into[i])
            into[i] = from[i];
}

static bool on_a_stack(const void *address)
{
    return (uintptr_t)address - (uintptr_t)model_stacks < (size_t)MODEL_THREADS * MODEL_STACK;
}

void orders_plain(const void *address, bool write)
{
    if (!model_orders_on || !machine_inside() || on_a_stack(address))
        return;
    struct model_cell *cell = cell_of(address);
    const unsigned self = machine.self;
    const uint16_t *clock = model_orders.clock[self];
    if (cell->written > clock[cell->writer])
        model_fail("a plain access that is not ordered after a write");
    if (!write) {
        cell->read[self] = clock[self];
        return;
    }
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        if (cell->read[i] > clock[i])
            model_fail("a plain write that is not ordered after a read");
    memset(cell->read, 0, sizeof cell->read);
    cell->writer = (uint16_t)self;
    cell->written = clock[self];
}

void orders_load(const void *address, int order)
{
    if (model_orders_on && machine_inside() && order != __ATOMIC_RELAXED &&
        order != __ATOMIC_RELEASE)
        join(model_orders.clock[machine.self], sync_of(address));
}

/* `keeps`: a read-modify-write, which goes on with what was released before. */
void orders_store(const void *address, int order, bool keeps)
{
    if (!model_orders_on || !machine_inside())
        return;
    uint16_t *sync = sync_of(address), *clock = model_orders.clock[machine.self];
    if (!keeps)
        memset(sync, 0, MODEL_THREADS * sizeof *sync);
    if (order == __ATOMIC_RELAXED || order == __ATOMIC_ACQUIRE)
        return;
    join(sync, clock);
    clock[machine.self]++;
}

void orders_born(unsigned child)
{
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        if (model_orders.clock[i][i] == 0)
            model_orders.clock[i][i] = 1;
    if (!machine_inside())
        return;
    model_orders.clock[child][child]++;
    join(model_orders.clock[child], model_orders.clock[machine.self]);
    model_orders.clock[machine.self][machine.self]++;
}

void model_reads(const void *data)
{
    orders_plain(data, false);
}

void model_accesses(const void *data)
{
    orders_plain(data, true);
}
