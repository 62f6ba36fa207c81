/* What the examples need of a system beside thrum: files, memory, processes, and printing. The
 * header is the same everywhere; one file a system fills in the first part (linux.c), print.c the
 * second, text.c the third. Nothing here needs a libc. SPDX-License-Identifier: MIT */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- the system ------------------------------------------------------------------------------- */

/* Calls that can fail answer a negative system error number then; error_text names it. */
const char *error_text(long error);

enum file_kind { FILE_REGULAR, FILE_DIRECTORY, FILE_OTHER };

struct file_facts {
    enum file_kind kind;
    uint64_t size;
};

/* Opens for reading, never waits for a pipe's other end. Answers a file descriptor. */
long file_open(const char *path);
void file_close(int file);
long file_facts(int file, struct file_facts *facts);
/* Reads up to `size` bytes at `offset`, from any thread, moving no shared position: how many bytes,
 * 0 at the end of the file. */
long file_read_at(int file, void *buffer, size_t size, uint64_t offset);
/* From a file or a pipe's current position. */
long file_read(int file, void *buffer, size_t size);
/* Writes all of it; false if the system took less. */
bool file_write(int file, const void *data, size_t size);

/* Zeroed memory straight from the kernel, rounded up to pages; NULL if refused. */
void *memory_map(size_t size);
/* The same with every page in memory at once: for what will be used all over and is read first. A
 * page that is read before it is written costs two faults, and the second interrupts every CPU that
 * runs another thread of the process. */
void *memory_map_filled(size_t size);
void memory_unmap(void *memory, size_t size);

/* Random bytes from the kernel. */
void random_bytes(void *buffer, size_t size);

/* CPU time that the whole process has used so far, in nanoseconds. */
uint64_t process_cpu_time(void);

/* Starts a process whose standard error is read from `*errors`: a copy of this one, in which
 * `run(context)` runs (and calls thrum_after_fork first); or, where processes are not copied, this
 * program once more, with `argument` as its only one. Answers its id. */
long process_start(void (*run)(void *context), void *context, const char *argument, int *errors);
/* Waits for the child; `*signal` is the signal that ended it (0: none), `*status` its exit status.
 */
long process_wait(long child, int *status, int *signal);
void process_kill(long child);
_Noreturn void process_exit(int status);

/* Whether there is something to read (or an end) within so many milliseconds. */
bool file_wait_readable(int file, int milliseconds);

/* --- printing --------------------------------------------------------------------------------- */

enum { PRINT_OUT = 1, PRINT_ERROR = 2 };

/* The subset of printf that the examples use: %s %c %d %u %x %p %%, the sizes l, ll and z, the
 * flags
 * - and 0, widths, and %.*s. One call is one write if it fits in PRINT_LIMIT bytes, so that lines
 * of several threads do not mix. False if the system did not take it all. */
enum { PRINT_LIMIT = 1024 };
#ifdef __clang__
#define PRINT_CHECKED __attribute__((format(printf, 2, 3)))
#else /* not as some system's own printf, which may be another */
#define PRINT_CHECKED __attribute__((format(gnu_printf, 2, 3)))
#endif
bool print(int file, const char *format, ...) PRINT_CHECKED;

/* --- text ------------------------------------------------------------------------------------- */

size_t text_length(const char *text);
bool text_equal(const char *a, const char *b);
/* Reads a whole decimal number, 0 to `limit`; false if `text` is anything else. */
bool text_number(const char *text, uint64_t limit, uint64_t *number);

#endif
