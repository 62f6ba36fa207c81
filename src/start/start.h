/* What start-up's files share: where the program's headers are. */
#ifndef THRUM_START_START_H
#define THRUM_START_START_H

#include "os/elf.h"
#include "os/os.h"
#include "thrum/start.h"

struct thrum_program {
    const thrum_elf_segment *segments;
    size_t count;
    uintptr_t base; /* what was added to the addresses in them: not 0 in a static-PIE */
};

/* From the auxiliary vector. */
struct thrum_program thrum_start_program(const uintptr_t *auxv);

/* The auxiliary vector that follows what the entry's stack pointer points to. */
const uintptr_t *thrum_start_auxv(const uintptr_t *stack);

/* The vector itself, if it says where the program's headers are. Some kernels give static programs
 * none (OpenBSD), or may: then one that says it, in the caller's memory. */
enum { THRUM_START_OWN_AUXV = 6 };
#if THRUM_OS_MAY_LACK_AUXV
const uintptr_t *thrum_start_own_auxv(const uintptr_t *auxv, uintptr_t own[THRUM_START_OWN_AUXV]);
#else
static inline const uintptr_t *thrum_start_own_auxv(const uintptr_t *auxv, uintptr_t *own)
{
    (void)own;
    return auxv;
}
#endif

/* Makes the caller the main thread, whatever its thread pointer holds. */
thrum_status thrum_start_thread(const uintptr_t *auxv);

/* A static-PIE's own relocations; nothing in a program that has none. Runs before anything that was
 * relocated may be used: no function pointers in data, no tables of addresses. */
void thrum_start_relocate(const struct thrum_program *program);

/* Where __thread variables are that another object's code asks for by a table (initial-exec), which
 * wants the layout; then functions whose address a resolver gives: resolvers may use __thread and
 * the canary. */
void thrum_start_resolve(const struct thrum_program *program);

/* Read-only after relocation (PT_GNU_RELRO). */
void thrum_start_protect(const struct thrum_program *program);

/* Where the entry's stack pointer was, and main's stack starts. Hidden: its address must not come
 * from a table that may not be relocated yet. */
extern const void *thrum_start_stack __attribute__((visibility("hidden")));

#endif
