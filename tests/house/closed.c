/* Opens a file of its own, and misuses a mutex: its file is not the place of the fatal line. Ends with 3 if
 * the file has the number of the error output. */
#include <thrum.h>

static long call(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

static thrum_mutex mutex;

int main(int argc, char **argv)
{
    enum { OPEN = 2, READ_WRITE = 2 };
    for (int i = 0; argc > 1 && i < 3; i++)
        if (call(OPEN, (long)argv[1], READ_WRITE, 0) == 2)
            return 3;
    thrum_mutex_unlock(&mutex);
    return 0;
}
