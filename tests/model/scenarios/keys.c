/* Keys: a later key never sees an old value, neither in a thread that is being born with its
 * spawner's values nor in one that ends; destructors see the values of their own key only. */
#include "model.h"
#include "thread/registry.h"
#include "tls/image.h"

static const thrum_spawn_options small = { .stack_size = 64, .guard_size = 64, .detached = true };
static thrum_tls_key key, later;
static int old_value, new_value;
static unsigned destroyed;

static void in_registry(void)
{
    thrum_tls_image.layout = thrum_tls_layout_of(2, 0, 0, 0, 0);
    thrum_registry_start(model_block_of(0));
    for (unsigned i = 1; i < MODEL_THREADS && model_block_of(i) != NULL; i++)
        thrum_registry_add(model_block_of(i));
    thrum_registry.others = 3;
}

static void destroy_old(void *value)
{
    CHECK(value == &old_value);
    destroyed++;
}

static void destroy_new(void *value)
{
    CHECK(value == &new_value);
}

/* --- free against set and get ----------------------------------------------------------------- */

static void with_key(void)
{
    in_registry();
    CHECK(thrum_tls_alloc(&key, NULL, 0) == THRUM_OK);
}

static uint32_t index_of(thrum_tls_key of)
{
    return of.private_word & THRUM_PRIVATE_KEY_INDEX;
}

/* All the numbers there are, so that the freed one is given again. */
static void take_the_rest(void)
{
    thrum_tls_key rest;
    while (thrum_tls_alloc(&rest, NULL, 0) == THRUM_OK)
        continue;
}

static void with_only_key(void)
{
    with_key();
    take_the_rest();
}

static void set_and_get(void)
{
    thrum_tls_set(key, &old_value);
    model_pause("uses it");
    CHECK(thrum_tls_get(key) == &old_value);
}

SCENARIO(keys_own_values, .listed = true, .setup = with_key,
         .threads = { set_and_get, set_and_get });

static bool set_before, freed;

static void set_early(void)
{
    thrum_tls_set(key, &old_value);
    set_before = true;
    model_pause("waits");
    if (later.private_word != 0)
        CHECK(thrum_tls_get(later) == NULL);
}

static void free_and_again(void)
{
    model_pause("waits");
    if (!set_before) /* to set a key while it is freed is the program's mistake */
        model_done();
    thrum_tls_free(key);
    thrum_tls_key again;
    CHECK(thrum_tls_alloc(&again, NULL, 0) == THRUM_OK);
    CHECK(index_of(again) == index_of(key));
    later = again;
    CHECK(thrum_tls_get(later) == NULL);
}

SCENARIO(keys_free_scrubs, .listed = true, .setup = with_only_key,
         .threads = { set_early, free_and_again });

static void alloc_again(void)
{
    thrum_tls_key again;
    if (thrum_tls_alloc(&again, NULL, 0) != THRUM_OK)
        model_done();
    CHECK(thrum_tls_get(again) == NULL);
    later = again;
    model_pause("waits");
    CHECK(thrum_tls_get(again) == NULL);
}

static void free_key(void)
{
    model_pause("waits");
    if (!set_before)
        model_done();
    thrum_tls_free(key);
}

SCENARIO(keys_alloc_while_freed, .listed = true, .setup = with_only_key,
         .threads = { set_early, free_key, alloc_again });

/* --- free against a spawn that inherits ------------------------------------------------------- */

static void with_inherited(void)
{
    in_registry();
    CHECK(thrum_tls_alloc(&key, NULL, THRUM_TLS_INHERIT) == THRUM_OK);
    take_the_rest();
    thrum_block_slots(model_block_of(0))[index_of(key)] = &old_value;
    model_block_of(0)->slots_high = index_of(key);
}

static void *child(void *argument)
{
    (void)argument;
    thrum_tls_key mine = { later.private_word };
    if (mine.private_word != 0)
        CHECK(thrum_tls_get(mine) == NULL);
    return NULL;
}

static void spawn(void)
{
    CHECK(thrum_spawn(NULL, child, NULL, &small) == THRUM_OK);
}

static void free_and_give_again(void)
{
    thrum_tls_free(key);
    thrum_tls_key again;
    CHECK(thrum_tls_alloc(&again, NULL, 0) == THRUM_OK);
    later = again;
}

SCENARIO(keys_free_and_inherit, .listed = true, .setup = with_inherited,
         .threads = { spawn, free_and_give_again });

static void *child_inherits(void *argument)
{
    CHECK(thrum_tls_get(key) == argument);
    return NULL;
}

static void spawn_heir(void)
{
    CHECK(thrum_spawn(NULL, child_inherits, &old_value, &small) == THRUM_OK);
    thrum_tls_set(key, &new_value);
}

SCENARIO(keys_inherit, .listed = true, .setup = with_inherited, .threads = { spawn_heir });

/* Of two keys the one that is not for heirs stays behind. */
static thrum_tls_key own;

static void with_both(void)
{
    in_registry();
    CHECK(thrum_tls_alloc(&own, NULL, 0) == THRUM_OK);
    CHECK(thrum_tls_alloc(&key, NULL, THRUM_TLS_INHERIT) == THRUM_OK);
}

static void *child_has_one(void *argument)
{
    CHECK(thrum_tls_get(key) == argument && thrum_tls_get(own) == NULL);
    return NULL;
}

static void spawn_heir_to_one(void)
{
    thrum_tls_set(own, &new_value);
    thrum_tls_set(key, &old_value);
    CHECK(thrum_spawn(NULL, child_has_one, &old_value, &small) == THRUM_OK);
}

SCENARIO(keys_inherit_no_others, .listed = true, .setup = with_both,
         .threads = { spawn_heir_to_one });

/* --- free against the end, whose destructors run ---------------------------------------------- */

static void with_destructor(void)
{
    in_registry();
    CHECK(thrum_tls_alloc(&key, destroy_old, 0) == THRUM_OK);
    take_the_rest();
}

static void *child_with_value(void *argument)
{
    thrum_tls_set(key, argument);
    set_before = true;
    return NULL;
}

static void spawn_with_value(void)
{
    CHECK(thrum_spawn(NULL, child_with_value, &old_value, &small) == THRUM_OK);
}

static void free_and_destroy_new(void)
{
    model_pause("waits");
    if (!set_before)
        model_done();
    thrum_tls_free(key);
    freed = true;
    thrum_tls_key again;
    CHECK(thrum_tls_alloc(&again, destroy_new, 0) == THRUM_OK);
    thrum_tls_set(again, &new_value);
}

static void destroyed_once(void)
{
    CHECK(destroyed == 1);
}

static void destroyed_at_most_once(void)
{
    CHECK(destroyed <= 1);
}

SCENARIO(keys_destructor, .listed = true, .setup = with_destructor, .threads = { spawn_with_value },
         .finish = destroyed_once);
SCENARIO(keys_free_and_end, .listed = true, .setup = with_destructor,
         .threads = { spawn_with_value, free_and_destroy_new }, .finish = destroyed_at_most_once);
