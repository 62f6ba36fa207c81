/* system.h on WASI: output, memory; and signals, which there are not. */
#include "../system.h"
#include "../../test.h"
#include "calls.h"

void system_write(int fd, const char *text, size_t length)
{
    thrum_os_write(fd, text, length);
}

void system_exit(int status)
{
    thrum_wasi_exit((uint32_t)status);
}

uint64_t system_thread_id(void)
{
    return thrum_id(); /* the system has none of its own */
}

bool system_emulated(void)
{
    return true; /* what an engine does to time and threads is the same */
}

bool system_waits_exactly(void)
{
    return true;
}

bool system_interrupts_soundly(void)
{
    return true;
}

const char *system_own_path(void)
{
    return test_argv[0];
}

/* --- memory ----------------------------------------------------------------------------------- */

size_t system_page_size(void)
{
    return thrum_os_page_size();
}

void *system_map(size_t size)
{
    return thrum_os_map(size);
}

void *system_map_at(void *address, size_t size)
{
    (void)address, (void)size;
    return NULL;
}

bool system_unmap(void *address, size_t size)
{
    thrum_os_unmap(address, size);
    return true;
}

bool system_forbid(void *address, size_t size)
{
    (void)address, (void)size;
    return false;
}

bool system_allow(void *address, size_t size)
{
    (void)address, (void)size;
    return false;
}

size_t system_mapping_count(void)
{
    return 0;
}

size_t system_address_space(void)
{
    return __builtin_wasm_memory_size(0) * 65536;
}

size_t system_resident(void)
{
    return 0;
}

bool system_limit_address_space(uint64_t bytes)
{
    (void)bytes;
    return false;
}

bool system_limit_threads(uint64_t count)
{
    const uint32_t most = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
    int fd = wasi_open_path("/.thrum/limit");
    if (fd < 0)
        return false;
    thrum_os_write(fd, (const char *)&most, sizeof most);
    system_close(fd);
    return true;
}

/* --- signals ---------------------------------------------------------------------------------- */

/* The last ones are how the host (host.mjs) tells that a child has trapped. */
const unsigned SYSTEM_SIGNALS = 64;
const int SYSTEM_SIGNAL_A = 10, SYSTEM_SIGNAL_B = 12, SYSTEM_SIGNAL_ALARM = 14,
          SYSTEM_SIGNAL_BUS = 7, SYSTEM_SIGNAL_KILL = 9, SYSTEM_SIGNAL_SEGV = 11,
          SYSTEM_SIGNAL_NO_FRAME = 11, SYSTEM_SIGNAL_ABORT = 6;

bool system_handle(int signal, void (*handler)(int signal), unsigned flags)
{
    (void)signal, (void)handler, (void)flags;
    return false;
}

bool system_signal(uint64_t thread_id, int signal)
{
    (void)thread_id, (void)signal;
    return false;
}

void system_catch_crashes(void (*handler)(int signal))
{
    (void)handler; /* a trap ends the program, and the engine says where it was */
}

void system_default_crashes(void)
{
}

uint64_t system_signal_mask(void)
{
    return 0;
}

void system_set_signal_mask(uint64_t mask)
{
    (void)mask;
}

void system_storm(uint32_t interval_us)
{
    (void)interval_us;
}

void system_alarm(unsigned seconds, void (*handler)(int signal))
{
    (void)seconds, (void)handler;
}

/* --- threads ---------------------------------------------------------------------------------- */

bool system_thread_sleeps(uint64_t thread_id)
{
    (void)thread_id;
    thrum_sleep_until(thrum_after(test_run_ms(20)));
    return true;
}

uint64_t system_thread_sleep_count(uint64_t thread_id)
{
    (void)thread_id;
    return UINT64_MAX;
}

uint64_t system_step(void (*run)(void *argument), void (*between)(void *argument), void *argument)
{
    (void)between;
    run(argument);
    return 0;
}
