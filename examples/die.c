/* die: misuse, case by case, and what thrum says to it. SPDX-License-Identifier: MIT
 *
 * Built freestanding and static from this file and support/ (all .c files of it), with
 * -fstack-protector-strong for the case stack-smash.
 *
 *     die          runs every case in a child process, and shows the line it gives and how it ended
 *     die CASE     dies of it in this process
 *     die -l       the names of the cases
 *
 * Each of these is a program error that elsewhere goes unnoticed, hangs, or corrupts memory. */
#include <thrum.h>

#include "support/support.h"

enum { PATIENCE_MS = 5000 };

static thrum_mutex red, green;
static thrum_rwlock library;
static thrum_event locked;
static thrum_barrier all_hold_one = THRUM_BARRIER_INIT(2);
static thrum_barrier all_three_hold_one = THRUM_BARRIER_INIT(3);

/* Threads that this example cannot have are no misuse: it ends without a report. */
static thrum_thread *spawn(void *(*run)(void *), void *argument, const char *name)
{
    thrum_thread *thread;
    thrum_spawn_options options = { .name = name, .stack_size = 64 * 1024 };
    thrum_status status = thrum_spawn(&thread, run, argument, &options);
    if (status != THRUM_OK) {
        print(PRINT_ERROR, "die: no thread: %s\n", thrum_status_text(status));
        process_exit(1);
    }
    return thread;
}

static void *sleep_on(void *argument)
{
    thrum_sleep_until(THRUM_FOREVER);
    return argument;
}

/* --- locks ------------------------------------------------------------------------------------ */

static void *hold_red(void *argument)
{
    thrum_mutex_lock(&red);
    thrum_event_set(&locked);
    thrum_sleep_until(THRUM_FOREVER);
    return argument;
}

static void unlock_by_another(void)
{
    spawn(hold_red, NULL, "holder");
    thrum_event_wait(&locked);
    thrum_mutex_unlock(&red);
}

static void unlock_of_free(void)
{
    thrum_mutex_unlock(&red);
}

static void relock(void)
{
    thrum_mutex_lock(&red);
    thrum_mutex_lock(&red);
}

static void write_unlock_by_reader(void)
{
    thrum_rwlock_read_lock(&library);
    thrum_rwlock_write_unlock(&library);
}

static void cond_without_mutex(void)
{
    static thrum_cond changed;
    thrum_cond_wait(&changed, &red);
}

static thrum_once once;

static void begin_again(void *argument)
{
    thrum_once_run(&once, begin_again, argument);
}

static void once_recursion(void)
{
    thrum_once_run(&once, begin_again, NULL);
}

static void waitgroup_below_zero(void)
{
    static thrum_waitgroup group;
    thrum_waitgroup_add(&group, 1);
    thrum_waitgroup_done(&group);
    thrum_waitgroup_done(&group);
}

/* --- threads ---------------------------------------------------------------------------------- */

static void join_of_self(void)
{
    thrum_join(thrum_self(), NULL);
}

static void join_of_detached(void)
{
    thrum_thread *thread = spawn(sleep_on, NULL, "on-its-own");
    thrum_detach(thread);
    thrum_join(thread, NULL);
}

/* --- keys ------------------------------------------------------------------------------------- */

static thrum_tls_key freed_key(void)
{
    thrum_tls_key key;
    if (thrum_tls_alloc(&key, NULL, 0) == THRUM_OK)
        thrum_tls_free(key);
    return key;
}

static void set_of_freed_key(void)
{
    thrum_tls_set(freed_key(), &red);
}

static void free_of_freed_key(void)
{
    thrum_tls_free(freed_key());
}

static void get_out_of_range(void)
{
    thrum_tls_key never_allocated = THRUM_TLS_KEY_INIT;
    (void)thrum_tls_get(never_allocated);
}

/* --- deadlocks -------------------------------------------------------------------------------- */

static void *red_then_green(void *argument)
{
    thrum_mutex_lock(&red);
    thrum_barrier_wait(&all_hold_one);
    thrum_mutex_lock(&green);
    return argument;
}

static void *green_then_red(void *argument)
{
    thrum_mutex_lock(&green);
    thrum_barrier_wait(&all_hold_one);
    thrum_mutex_lock(&red);
    return argument;
}

static void deadlock_of_two(void)
{
    thrum_thread *one = spawn(red_then_green, NULL, "romeo");
    spawn(green_then_red, NULL, "juliet");
    thrum_join(one, NULL);
}

static void *red_then_write(void *argument)
{
    thrum_mutex_lock(&red);
    thrum_barrier_wait(&all_three_hold_one);
    thrum_rwlock_write_lock(&library);
    return argument;
}

static void *write_then_green(void *argument)
{
    thrum_rwlock_write_lock(&library);
    thrum_barrier_wait(&all_three_hold_one);
    thrum_mutex_lock(&green);
    return argument;
}

static void *green_then_red_of_three(void *argument)
{
    thrum_mutex_lock(&green);
    thrum_barrier_wait(&all_three_hold_one);
    thrum_mutex_lock(&red);
    return argument;
}

static void deadlock_of_three(void)
{
    thrum_thread *one = spawn(red_then_write, NULL, "stone");
    spawn(write_then_green, NULL, "paper");
    spawn(green_then_red_of_three, NULL, "scissors");
    thrum_join(one, NULL);
}

/* --- stacks ----------------------------------------------------------------------------------- */

/* Volatile, so that no compiler turns the recursion into a loop. */
static unsigned deeper(volatile unsigned *above)
{
    volatile unsigned here[64];
    here[0] = *above + 1;
    return here[0] == 0 ? 0 : deeper(here) + here[0];
}

static void *fall(void *argument)
{
    volatile unsigned start = 0;
    deeper(&start);
    return argument;
}

static void stack_overflow(void)
{
    thrum_status status = thrum_catch_overflow();
    if (status != THRUM_OK) {
        print(PRINT_ERROR, "die: not on this system: %s\n", thrum_status_text(status));
        process_exit(2);
    }
    thrum_join(spawn(fall, NULL, "icarus"), NULL);
}

static __attribute__((noinline)) void write_beyond(volatile char *array, size_t size)
{
    for (size_t i = 0; i < size; i++)
        array[i] = 'x';
}

static __attribute__((noinline)) void stack_smash(void)
{
    char array[16];
    write_beyond(array, sizeof array + 16);
}

/* --- the cases -------------------------------------------------------------------------------- */

static const struct misuse {
    const char *name;
    void (*commit)(void);
} cases[] = {
    { "unlock-by-another", unlock_by_another },
    { "unlock-of-free", unlock_of_free },
    { "relock", relock },
    { "write-unlock-by-reader", write_unlock_by_reader },
    { "cond-without-mutex", cond_without_mutex },
    { "once-recursion", once_recursion },
    { "waitgroup-below-zero", waitgroup_below_zero },
    { "join-of-self", join_of_self },
    { "join-of-detached", join_of_detached },
    { "set-of-freed-key", set_of_freed_key },
    { "free-of-freed-key", free_of_freed_key },
    { "get-out-of-range", get_out_of_range },
    { "deadlock-of-two", deadlock_of_two },
    { "deadlock-of-three", deadlock_of_three },
    { "stack-overflow", stack_overflow },
    { "stack-smash", stack_smash },
};

enum { CASES = sizeof cases / sizeof cases[0] };

/* In the child. */
static void commit(void *context)
{
    const struct misuse *misuse = context;
    thrum_after_fork();
    misuse->commit();
}

/* Reads until the child has ended or patience has; false in the second case. */
static bool read_report(int pipe, char *text, size_t size)
{
    size_t used = 0;
    bool ended = false;
    while (!ended && file_wait_readable(pipe, PATIENCE_MS)) {
        long got = used + 1 < size ? file_read(pipe, text + used, size - 1 - used) : 0;
        ended = got <= 0;
        used += got > 0 ? (size_t)got : 0;
    }
    text[used] = '\0';
    return ended;
}

/* The report's lines, set off. */
static void print_report(const char *text)
{
    while (*text != '\0') {
        int length = 0;
        while (text[length] != '\0' && text[length] != '\n')
            length++;
        print(PRINT_OUT, "    %.*s\n", length, text);
        text += length + (text[length] == '\n' ? 1 : 0);
    }
}

/* True if the child said a line that begins "thrum: " and was ended by an abort. */
static bool show(const struct misuse *misuse)
{
    int report, status, signal;
    char text[4096];
    long child = process_start(commit, (void *)(uintptr_t)misuse, misuse->name, &report);
    if (child < 0) {
        print(PRINT_ERROR, "die: no child: %s\n", error_text(child));
        return false;
    }
    bool ended = read_report(report, text, sizeof text);
    if (!ended)
        process_kill(child);
    process_wait(child, &status, &signal);
    file_close(report);
    print(PRINT_OUT, "%s\n", misuse->name);
    print_report(text[0] != '\0' ? text : "(no report)");
    if (!ended)
        print(PRINT_OUT, "    hung, was killed\n");
    else if (signal != 0)
        print(PRINT_OUT, "    ended by signal %d%s\n", signal, signal == 6 ? " (abort)" : "");
    else
        print(PRINT_OUT, "    ended with status %d\n", status);
    return ended && signal == 6 && __builtin_memcmp(text, "thrum: ", 7) == 0;
}

int main(int argc, char **argv)
{
    bool list = argc == 2 && text_equal(argv[1], "-l");
    unsigned failed = 0;
    for (unsigned i = 0; i < CASES; i++) {
        if (argc == 1)
            failed += show(&cases[i]) ? 0 : 1;
        else if (list)
            print(PRINT_OUT, "%s\n", cases[i].name);
        else if (argc == 2 && text_equal(argv[1], cases[i].name)) {
            cases[i].commit();
            print(PRINT_ERROR, "die: %s went unnoticed\n", cases[i].name);
            return 1;
        }
    }
    if (list)
        return 0;
    if (argc > 1) {
        print(PRINT_ERROR, "die: no such case (die -l lists them)\n");
        return 2;
    }
    print(PRINT_OUT, "%u cases, %u without a report\n", CASES, failed);
    return failed > 0 ? 1 : 0;
}
