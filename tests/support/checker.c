/* Which checker looks at the tests as they run, and what the sanitizers are told. */
#include "../test.h"
#include "system.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif

#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
enum { COMPILED_IN = SYSTEM_THREAD_SANITIZER };
const char *__tsan_default_options(void);

/* A child of system_run may spawn, and where main ends first nobody joins the others. */
const char *__tsan_default_options(void)
{
    return "die_after_fork=0 halt_on_error=1 report_thread_leaks=0";
}
#elif defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { COMPILED_IN = SYSTEM_ADDRESS_SANITIZER };
const char *__asan_default_options(void);

/* The alternate signal stacks are thrum's; that a thread has none is tested too. Leaks: thrum has no
 * memory from malloc, and the look for them writes among what children print. */
const char *__asan_default_options(void)
{
    return "use_sigaltstack=0 detect_leaks=0";
}
#else
enum { COMPILED_IN = 0 };
#endif

/* Valgrind loads a part of itself into the program in the way that all can see. */
static bool under_valgrind(void)
{
    for (char **entry = test_envp; *entry; ++entry) {
        const char *name = "LD_PRELOAD=", *at = *entry;
        for (; *name && *name == *at; ++name, ++at) {
        }
        if (!*name && test_contains(at, "/vgpreload_"))
            return true;
    }
    return false;
}

unsigned system_checker(void)
{
    static uint32_t known = UINT32_MAX;
    uint32_t answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (answer == UINT32_MAX) {
        answer = COMPILED_IN != 0 ? COMPILED_IN : under_valgrind() ? SYSTEM_VALGRIND : 0;
        __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
    }
    return answer;
}
