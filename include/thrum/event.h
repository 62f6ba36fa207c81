/* Manual reset events: a gate that stays open until it is closed. SPDX-License-Identifier: MIT */
#ifndef THRUM_EVENT_H
#define THRUM_EVENT_H

#include "status.h"
#include "time.h"

THRUM_PRIVATE_BEGIN

/* Bit 0: set. Bits 1 to 30: how often it was set. Bit 31: threads may sleep. */
typedef struct thrum_event {
    thrum_private_word private_word;
} thrum_event;

/* clang-format off */
#define THRUM_EVENT_INIT { 0 }
/* clang-format on */

/* Opens the gate: releases all who wait now, even if a reset follows at once, and all who come
 * before the next reset. What was done before it is seen by those it releases. Never blocks; a
 * signal handler may call it. */
THRUM_PRIVATE_API void thrum_event_set(thrum_event *event);
/* Closes the gate. Never blocks. */
THRUM_PRIVATE_API void thrum_event_reset(thrum_event *event);
THRUM_PRIVATE_API bool thrum_event_is_set(const thrum_event *event);

/* Blocks until the event is set. */
THRUM_PRIVATE_API void thrum_event_wait(thrum_event *event);
/* THRUM_OK or THRUM_TIMED_OUT. */
THRUM_PRIVATE_API thrum_status thrum_event_wait_until(thrum_event *event, thrum_time deadline);

THRUM_PRIVATE_END

#endif
