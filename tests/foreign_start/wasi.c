/* A start of its own, as a libc's: it has placed main's TLS image, and its variables have been used, when
 * main calls thrum_init. */
#include "../support/thread_system.h"
#include "../test.h"

int main(int argc, char **argv, char **envp); /* the frame's */
void _start(void);
void __wasm_init_tls(void *memory);
void __wasm_call_ctors(void);

static _Alignas(64) char image[4096];
static THRUM_THREAD_LOCAL unsigned variable = 5;
static unsigned *place_before;
static thrum_status first, second;

static __attribute__((noinline)) void use_variables(void)
{
    variable = 6;
    place_before = &variable;
}

static __attribute__((noinline)) void run(void)
{
    static char name[] = "foreign_start";
    static char *arguments[] = { name, NULL, NULL };
    use_variables();
    first = thrum_init(NULL);
    second = thrum_init(NULL);
    __wasm_call_ctors();
    system_exit(main(1, arguments, arguments + 2));
}

void _start(void)
{
    __wasm_init_tls(image);
    run();
}

TEST(foreign_init_succeeds_once, 5)
{
    CHECK_EQ(first, THRUM_OK);
    CHECK_EQ(second, THRUM_BUSY);
}

TEST(foreign_variables_stay, 5)
{
    CHECK_EQ(variable, 6);
    CHECK(&variable == place_before);
}

static void *look(void *unused)
{
    static char found;
    (void)unused;
    bool fresh = variable == 5 && &variable != place_before && thrum_self() != NULL;
    variable = 7;
    return fresh ? &found : NULL;
}

TEST(foreign_threads_have_their_own, 10)
{
    for (int i = 0; i < 5; ++i)
        CHECK(test_join(test_spawn(look, NULL)) != NULL);
    CHECK_EQ(variable, 6);
}

TEST(foreign_main_is_known, 5)
{
    thrum_stack info;
    char name[THRUM_NAME_SIZE];
    thrum_get_name(thrum_self(), name);
    CHECK(text_equal(name, "main"));
    CHECK_EQ(thrum_stack_info(thrum_self(), &info), THRUM_OK);
    CHECK(info.used > 0 && info.used <= info.size);
}
