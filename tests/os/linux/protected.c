/* What start-up makes read-only: what the linker says (PT_GNU_RELRO), for good where the kernel can. */
#include "../../support/linux/linux.h"
#include "../../support/thread_system.h"
#include "../../test.h"
#include "os/elf.h"
#include "os/linux/linux.h"
#include "start/start.h"

/* As the library's own pointers are that do not change any more. */
static void *pointer __attribute__((section(".data.rel.ro"))) = &pointer;

/* Whole pages of the segment, and whether the pointer is in them: an emulator's linker may make none. */
static bool pointer_is_protected(void)
{
    const uintptr_t page = thrum_os_page_size();
    const uintptr_t auxv[] = { THRUM_ELF_AT_PHDR,
                               (uintptr_t)linux_auxiliary(THRUM_ELF_AT_PHDR),
                               THRUM_ELF_AT_PHNUM,
                               linux_auxiliary(THRUM_ELF_AT_PHNUM),
                               0,
                               0 };
    struct thrum_program program = thrum_start_program(auxv);
    for (size_t i = 0; i < program.count; i++) {
        const thrum_elf_segment *segment = &program.segments[i];
        uintptr_t from = program.base + segment->address, to = from + segment->size;
        if (segment->type == THRUM_ELF_RELRO && (uintptr_t)&pointer >= (from & ~(page - 1)) &&
            (uintptr_t)(&pointer + 1) <= (to & ~(page - 1)))
            return true;
    }
    return false;
}

static void write_to_it(void *unused)
{
    (void)unused;
    *(void *volatile *)&pointer = NULL;
}

TEST(protected_data_cannot_be_written, 10)
{
    struct system_child *child = test_child();
    if (!pointer_is_protected()) {
        test_skip("this linker makes no segment of it in whole pages");
        return;
    }
    if (CHECK(system_run(write_to_it, NULL, 5000, child)) &&
        !CHECK_EQ(child->signal, SYSTEM_SIGNAL_SEGV))
        test_note_child(child);
}

TEST(protected_data_stays_so, 5)
{
    const uintptr_t page = thrum_os_page_size();
    char *own = system_map_shared(page), *at = (char *)((uintptr_t)&pointer & ~(page - 1));
    long sealed = THRUM_LINUX_MSEAL == 0 ? -1 : thrum_linux_call3(THRUM_LINUX_MSEAL, own, page, 0);
    if (!pointer_is_protected() || sealed != 0) {
        test_skip("this kernel seals nothing (mseal), or this linker makes no segment of it");
        return;
    }
    CHECK_EQ(thrum_linux_call3(THRUM_LINUX_MPROTECT, at, page, 3), -1); /* EPERM */
    CHECK_EQ(thrum_linux_call3(THRUM_LINUX_MUNMAP, at, page, 0), -1);
}
