/* Process 1 on the kernels that tools/check-kernels boots: mounts what tests look at, runs the
 * commands of the file /commands, one a line ("set PATH TEXT" writes a setting), and switches the machine
 * off. What it says itself
 * begins with "== ". */
#include <asm/unistd.h>

#include "support/linux/linux.h"
#include "support/thread_system.h"

/* What support/ has from the frame, which is not here. */
char **test_envp;

thrum_time test_ms(uint32_t milliseconds)
{
    return (thrum_time)milliseconds * 1000000;
}

static void say(const char *what, const char *more)
{
    text_print("\n== ");
    text_print(what);
    text_print(" ");
    text_print(more);
    text_print("\n");
}

static void say_number(const char *what, uint64_t number)
{
    char digits[24];
    text_number(number, digits);
    say(what, digits);
}

static void mount(const char *kind, const char *path)
{
    if (refused(thrum_linux_call(__NR_mount, (long)kind, (long)path, (long)kind, 0, 0, 0)))
        say("cannot mount", path);
}

/* Control groups of version 1, where the tests make theirs: the controller of CPU time alone. */
static void mount_groups(void)
{
    mount("tmpfs", "/sys/fs/cgroup");
    thrum_linux_call3(__NR_mkdirat, LINUX_AT_FDCWD, "/sys/fs/cgroup/cpu", 0755);
    if (refused(thrum_linux_call(__NR_mount, (long)"cgroup", (long)"/sys/fs/cgroup/cpu",
                                 (long)"cgroup", 0, (long)"cpu", 0)))
        say("cannot mount", "control groups");
}

/* "PATH TEXT": a setting of the whole machine, which is ours. */
static void set(char *words)
{
    char *text = words;
    while (*text && *text != ' ')
        ++text;
    if (*text)
        *text++ = 0;
    long file = linux_open(words, 1); /* O_WRONLY */
    if (refused(file) ||
        refused(thrum_linux_call3(THRUM_LINUX_WRITE, file, text, text_length(text))))
        say("cannot set", words);
    system_close((int)file);
}

/* In the child of system_run, whose output is collected: it goes to the console, which the kernel
 * has opened for reading and writing, as the input does. */
static void execute(void *words)
{
    static char *const no_environment[] = { NULL };
    char **argv = words;
    thrum_linux_call3(__NR_dup3, 0, 1, 0);
    thrum_linux_call3(__NR_dup3, 0, 2, 0);
    thrum_linux_call3(__NR_execve, argv[0], argv, no_environment);
    system_exit(127);
}

/* Of a line without its end, which is cut into words. */
static void run(char *line)
{
    enum { MOST_WORDS = 64 };
    char *words[MOST_WORDS + 1];
    size_t count = 0;
    say("run", line);
    for (char *at = line; *at && count < MOST_WORDS;) {
        words[count++] = at;
        while (*at && *at != ' ')
            ++at;
        while (*at == ' ')
            *at++ = 0;
    }
    words[count] = NULL;

    /* Its output ends at once, so the time given for that is not the command's. */
    thrum_time before = thrum_now();
    struct system_child *child = test_child();
    if (count == 0 || !system_run(execute, words, 60000, child)) {
        say("status", "none");
        return;
    }
    say_number("milliseconds", (thrum_now() - before) / 1000000);
    if (child->signal != 0)
        say_number("signal", (uint64_t)child->signal);
    else
        say_number("status", (uint64_t)child->exit_status);
}

static void power_off(void)
{
    thrum_linux_call4(__NR_reboot, 0xfee1dead, 0x28121969, 0x4321fedc, 0); /* reboot(2) */
}

int main(int argc, char **argv, char **envp)
{
    static char text[16384];
    (void)argc;
    (void)argv;
    test_envp = envp;
    mount("proc", "/proc");
    mount("sysfs", "/sys");
    mount_groups();

    size_t length = system_read_file("/proc/sys/kernel/osrelease", text, sizeof text - 1);
    text[length == SIZE_MAX || length == 0 ? 0 : length - 1] = 0;
    say("kernel", text);
    say_number("CPUs", thrum_cpu_count());
    say_number("page", system_page_size());

    length = system_read_file("/commands", text, sizeof text - 1);
    text[length == SIZE_MAX ? 0 : length] = 0;
    for (char *line = text; *line;) {
        char *end = line;
        while (*end && *end != '\n')
            ++end;
        char *next = *end ? end + 1 : end;
        *end = 0;
        if (text_begins(line, "set "))
            set(line + 4);
        else
            run(line);
        line = next;
    }
    say("end", "");
    power_off();
    for (;;)
        thrum_sleep_until(THRUM_FOREVER);
}
