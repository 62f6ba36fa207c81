/* thrum: kernel threads, thread-local storage and synchronisation. This header brings everything;
 * each header below stands alone too. SPDX-License-Identifier: MIT */
#ifndef THRUM_H
#define THRUM_H

#include "thrum/barrier.h"
#include "thrum/cond.h"
#include "thrum/diagnose.h"
#include "thrum/event.h"
#include "thrum/mutex.h"
#include "thrum/once.h"
#include "thrum/rwlock.h"
#include "thrum/sem.h"
#include "thrum/start.h"
#include "thrum/status.h"
#include "thrum/thread.h"
#include "thrum/time.h"
#include "thrum/tls.h"
#include "thrum/wait.h"
#include "thrum/waitgroup.h"

#endif
