/* The machine's memory: taken once, and after its release no access is right. */
#include "machine.h"

#include <string.h>

void *machine_take(size_t size)
{
    size_t at = machine.heap_used;
    size = (size + MODEL_GRANULE - 1) / MODEL_GRANULE * MODEL_GRANULE;
    if (size > MODEL_HEAP - at)
        return NULL;
    machine.heap_used = at + size;
    memset(model_heap + at, 0, size);
    return model_heap + at;
}

void *model_alloc(size_t size)
{
    size_t *memory = machine_take(MODEL_GRANULE + size);
    if (memory == NULL)
        model_fail("the model has too little memory");
    *memory = size;
    return (char *)memory + MODEL_GRANULE;
}

void model_free(void *memory)
{
    size_t *start = (size_t *)(void *)((char *)memory - MODEL_GRANULE);
    machine_release(start, MODEL_GRANULE + *start);
}

static bool is_freed(size_t at)
{
    size_t granule = at / MODEL_GRANULE;
    return at >= machine.heap_used || (machine.freed[granule / 64] >> granule % 64 & 1);
}

void machine_touch(const volatile void *address, size_t size)
{
    uintptr_t at = (uintptr_t)address - (uintptr_t)model_heap;
    if (at >= MODEL_HEAP)
        return;
    if (is_freed(at) || is_freed(at + size - 1))
        model_fail("touches memory that was freed");
}

void machine_release(void *address, size_t size)
{
    size_t at = (size_t)((char *)address - model_heap);
    machine_touch(address, 1);
    memset(address, 0xdb, size);
    for (size_t granule = at / MODEL_GRANULE; granule * MODEL_GRANULE < at + size; granule++)
        machine.freed[granule / 64] |= (uint64_t)1 << granule % 64;
}
