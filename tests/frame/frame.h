/* What the files of the frame share; tests see only test.h. SPDX-License-Identifier: MIT */
#ifndef THRUM_FRAME_H
#define THRUM_FRAME_H

#include <stdarg.h>

#include "../support/system.h"
#include "../test.h"

/* --- output (print.c) ------------------------------------------------------------------------- */

/* One line, written with one call, so that lines of several threads stay whole. */
void frame_print(const char *format, ...);
void frame_print_list(const char *before, const char *format, va_list list);

/* Whether the test has the name, or one that begins as the pattern with a star at its end (main.c). */
bool frame_matches(const char *name, const char *pattern);

/* --- the running test (check.c) --------------------------------------------------------------- */

/* Forgets the failures and the skip of the test before. */
void frame_begin(void);
uint32_t frame_failures(void);
const char *frame_skip_reason(void); /* NULL: not skipped */

/* --- scale and randomness (scale.c) ----------------------------------------------------------- */

void frame_set_seed(uint64_t seed);
void frame_set_scale(uint32_t percent);
/* Spawns threads to see how fast this machine is; says what it found. */
void frame_measure(void);
/* `length`, longer under emulation. */
thrum_time frame_stretch(thrum_time length);

/* --- limits (late.c) -------------------------------------------------------------------------- */

/* A test begins: what its threads wait for CPUs is counted from here. */
void frame_begin_share(void);
/* How much of the time since then was taken by others that use the CPUs. */
thrum_time frame_starved(void);

/* --- misuse (fatal.c) ------------------------------------------------------------------------- */

/* Fatal lines that no test asked for end the run with the test's name. */
void frame_catch_fatal(void);
/* The name of the running test, in main.c. */
const char *frame_running(void);

#endif
