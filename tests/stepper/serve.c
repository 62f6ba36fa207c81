/* The runner alone, under an emulator: its debug stub, which emulated.py talks to, takes the tracer's
 * place. `stepper NAME` runs that scenario, `stepper` lists them all. */
#include "stepper.h"

const bool stepper_is_served = true;

/* The debugger finds it by its name; a word for each member, in their order. */
struct stepper_shared stepper_words;

static bool equal(const char *a, const char *b)
{
    for (; *a != '\0' && *a == *b; a++, b++) {
    }
    return *a == *b;
}

static void list(const struct scenarios *scenarios)
{
    for (size_t i = 0; i < scenarios->count; i++) {
        print(scenarios->first[i].name);
        print(scenarios->first[i].newborn ? " newborn\n" : " call\n");
    }
}

static void run_named(const struct scenarios *scenarios, const char *name)
{
    for (size_t i = 0; i < scenarios->count; i++)
        if (equal(scenarios->first[i].name, name))
            run_scenario(&scenarios->first[i], STEPPER_FORK);
}

int main(int argc, char **argv)
{
    shared = &stepper_words;
    if (argc < 2) {
        list(&thread_scenarios);
        list(&object_scenarios);
        return 0;
    }
    set(&shared->begin, 1);
    run_named(&thread_scenarios, argv[1]);
    run_named(&object_scenarios, argv[1]);
    return 2;
}
