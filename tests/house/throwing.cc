/* Leaves functions that thrum calls by exceptions, one by argument: each is reported in a line, but for a
 * thread's own function, which is left as one of std::thread is. */
#include <cstdio>
#include <cstring>
#include <thrum.h>

static thrum_once once = THRUM_ONCE_INIT;

static void run(void *)
{
    throw 1;
}

static bool visit(thrum_thread *, void *)
{
    throw 2;
}

static void destroy(void *)
{
    throw 3;
}

static void *end_in_a_try(void *value)
{
    thrum_tls_key key;
    if (thrum_tls_alloc(&key, destroy, 0) != THRUM_OK)
        return nullptr;
    thrum_tls_set(key, value);
    try {
        thrum_exit(nullptr);
    } catch (int) {
        std::puts("thrum_exit came back");
    }
    return nullptr;
}

static void *fail(void *)
{
    throw 4;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    thrum_thread *thread;
    std::setbuf(stdout, nullptr);
    try {
        if (!std::strcmp(what, "once"))
            thrum_once_run(&once, run, nullptr);
        else if (!std::strcmp(what, "visitor"))
            thrum_each_thread(visit, nullptr);
        else if (thrum_spawn(&thread, !std::strcmp(what, "thread") ? fail : end_in_a_try, argv,
                             nullptr) == THRUM_OK)
            thrum_join(thread, nullptr);
    } catch (int) {
    }
    std::puts("it went on");
}
