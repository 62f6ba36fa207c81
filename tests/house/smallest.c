/* The smallest program with a thread: its size is what the library costs at least. */
#include <thrum.h>

static void *run(void *argument)
{
    return argument;
}

int main(void)
{
    thrum_thread *thread;
    void *result = NULL;
    if (thrum_spawn(&thread, run, &result, NULL) != THRUM_OK)
        return 1;
    return thrum_join(thread, &result) == THRUM_OK && result == &result ? 0 : 2;
}
