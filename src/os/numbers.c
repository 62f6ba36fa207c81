/* The table of numbers.h. A number comes again late: the search goes on where the last one ended, and
 * the table grows when it is half full. */
#include "os/numbers.h"

#include "os/fork_visible.h"
#include "os/os.h"

struct entry {
    THRUM_FORK_VISIBLE uint32_t taken;
    THRUM_FORK_VISIBLE uint32_t id; /* of the thread that has or last had it */
};

enum { PART = 8192, PARTS = (1 << 22) / PART }; /* a part is 64 KiB */

static struct entry *THRUM_FORK_VISIBLE parts[PARTS];
static THRUM_FORK_VISIBLE uint32_t part_count, taken_count, last;

static struct entry *entry_of(uint32_t number)
{
    /* acquire: its zeroes */
    return __atomic_load_n(&parts[number / PART], __ATOMIC_ACQUIRE) + number % PART;
}

/* Of two that grow it at once one gives its pages back. */
static bool grow(uint32_t count)
{
    struct entry *none = NULL, *part = count < PARTS ? thrum_os_map(PART * sizeof *part) : NULL;
    if (part == NULL)
        return false;
    /* release: its zeroes, with acquire above; acquire: those of another's */
    if (!__atomic_compare_exchange_n(&parts[count], &none, part, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE))
        thrum_os_unmap(part, PART * sizeof *part);
    /* By whoever comes first, because the other may be stopped, or left behind by a fork. Release: who
     * sees the count sees the part. */
    __atomic_compare_exchange_n(&part_count, &count, count + 1, false, __ATOMIC_RELEASE,
                                __ATOMIC_RELAXED);
    return true;
}

uint32_t thrum_number_take(void)
{
    /* acquire: the parts that it counts */
    uint32_t count = __atomic_load_n(&part_count, __ATOMIC_ACQUIRE);
    uint32_t taken = __atomic_add_fetch(&taken_count, 1, __ATOMIC_RELAXED);
    if (taken > count * (PART / 2) && grow(count))
        count++;
    for (uint32_t tries = 0; tries < count * PART; tries++) {
        /* parts are a power of two long, but their count is none */
        uint32_t next = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
        uint32_t number = next % (count * PART), nobody = 0;
        /* acquire: its last thread is done with it */
        if (number != 0 && __atomic_load_n(&parts[number / PART], __ATOMIC_ACQUIRE) != NULL &&
            __atomic_compare_exchange_n(&entry_of(number)->taken, &nobody, 1, false,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return number;
    }
    __atomic_fetch_sub(&taken_count, 1, __ATOMIC_RELAXED);
    return 0;
}

void thrum_number_own(uint32_t number, uint32_t id)
{
    __atomic_store_n(&entry_of(number)->id, id, __ATOMIC_RELAXED);
}

void thrum_number_free(uint32_t number)
{
    __atomic_fetch_sub(&taken_count, 1, __ATOMIC_RELAXED);
    /* release: the next thread's time begins after this one's */
    __atomic_store_n(&entry_of(number)->taken, 0, __ATOMIC_RELEASE);
}

void thrum_numbers_free_all(void)
{
    for (uint32_t i = 0; i < PARTS && parts[i] != NULL; i++)
        for (uint32_t j = 0; j < PART; j++)
            if (parts[i][j].taken) /* else the page stays one with the parent */
                __atomic_store_n(&parts[i][j].taken, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&taken_count, 0, __ATOMIC_RELAXED);
}

uint64_t thrum_os_lock_id_owner(uint32_t part)
{
    /* a word that is no lock may name anything */
    if (part == 0 || __atomic_load_n(&parts[part / PART], __ATOMIC_ACQUIRE) == NULL)
        return 0;
    return __atomic_load_n(&entry_of(part)->id, __ATOMIC_RELAXED);
}
