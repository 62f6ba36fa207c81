/* What runs before and after main in a program without a C run-time. Compiled without stack
 * protector, whose canary it sets. */
#include "arch/arch.h"
#include "os/windows/windows.h"
#include "thread/life.h"

/* The program's, and of the linker's making: the first word is no function, 0 ends the list. */
int main(int argc, char **argv, char **envp);
typedef void function(void);
extern function *__CTOR_LIST__[];
extern function *__DTOR_LIST__[];

_Noreturn void mainCRTStartup(void); /* the entry that linkers look for */
void __main(void);

static _Noreturn void refuse(void)
{
    static const char failed[] = "thrum: no memory for the program's arguments\n";
    thrum_os_write_error(failed, sizeof failed - 1);
    thrum_os_exit(127);
}

/* UTF-8 of UTF-16, and zeroes behind. */
static char *narrow(const wchar_t *wide, int length, size_t more)
{
    int size = WideCharToMultiByte(THRUM_WINDOWS_UTF8, 0, wide, length, NULL, 0, NULL, NULL);
    char *text = thrum_os_map((size_t)size + 1 + more);
    if (text == NULL)
        refuse();
    (void)WideCharToMultiByte(THRUM_WINDOWS_UTF8, 0, wide, length, text, size, NULL, NULL);
    return text;
}

/* One argument off the command line, by the rules of Microsoft's compilers' run-time: a quote toggles,
 * 2n backslashes before a quote are n, one more makes the quote a character. Writes it in place. */
static char *argument(char *at, char **next)
{
    char *to = at, *start = at;
    bool quoted = false;
    while (*at != '\0' && (quoted || (*at != ' ' && *at != '\t'))) {
        size_t slashes = 0;
        while (*at == '\\')
            slashes++, at++;
        bool quote = *at == '"';
        for (size_t i = 0; i < (quote ? slashes / 2 : slashes); i++)
            *to++ = '\\';
        if (quote && slashes % 2 == 0) {
            quoted = !quoted;
            at++;
        } else if (quote || (slashes == 0 && *at != '\0')) {
            *to++ = *at++;
        }
    }
    *next = *at != '\0' ? at + 1 : at;
    *to = '\0';
    return start;
}

static char **arguments(int *count)
{
    const wchar_t *line = GetCommandLineW();
    int length = 0;
    while (line[length] != 0)
        length++;
    char *text = narrow(line, length, 0);
    size_t most = (size_t)length / 2 + 3;
    char **argv = thrum_os_map(most * sizeof *argv);
    if (argv == NULL)
        refuse();
    for (*count = 0; *text != '\0';) {
        while (*text == ' ' || *text == '\t')
            text++;
        if (*text != '\0')
            argv[(*count)++] = argument(text, &text);
    }
    return argv;
}

static char **environment(void)
{
    const wchar_t *block = GetEnvironmentStringsW();
    size_t count = 0;
    int length = 0;
    for (; block[length] != 0; length++, count++)
        while (block[length] != 0)
            length++;
    char *text = narrow(block, length, 1), **envp = thrum_os_map((count + 1) * sizeof *envp);
    if (envp == NULL)
        refuse();
    for (size_t i = 0; i < count; i++) {
        envp[i] = text;
        while (*text++ != '\0') {
        }
    }
    return envp;
}

/* gcc calls it at the start of main, where it stands in for what we have done already. */
void __main(void)
{
}

static void construct(void)
{
    size_t count = 0;
    while (__CTOR_LIST__[count + 1] != NULL)
        count++;
    for (; count > 0; count--)
        __CTOR_LIST__[count]();
}

_Noreturn void thrum_start_exit(int status)
{
    thrum_thread_ends_process();
    for (size_t i = 1; __DTOR_LIST__[i] != NULL; i++)
        __DTOR_LIST__[i]();
    thrum_os_exit(status);
}

static _Noreturn void run(void)
{
    int argc;
    uintptr_t canary = thrum_os_random();
    ((unsigned char *)&canary)[0] = 0; /* a string copied past its end stops there */
    __stack_chk_guard = canary;
    char **argv = arguments(&argc), **envp = environment();
    construct();
    thrum_start_exit(main(argc, argv, envp));
}

THRUM_WINDOWS_ENTRY void mainCRTStartup(void)
{
    run();
}
