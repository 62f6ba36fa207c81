/* Statuses in words. */
#include "thrum/status.h"

const char *thrum_status_text(thrum_status status)
{
    switch (status) {
    case THRUM_OK: return "no error";
    case THRUM_TIMED_OUT: return "the deadline passed";
    case THRUM_BUSY: return "in use by another";
    case THRUM_INVALID: return "an argument is invalid";
    case THRUM_NO_MEMORY: return "the system refused memory";
    case THRUM_THREAD_LIMIT: return "the system refused another thread";
    case THRUM_KEY_LIMIT: return "all thread-local keys are in use";
    case THRUM_NOT_FOUND: return "there is no such thing";
    case THRUM_UNSUPPORTED: return "this system has no means for it";
    case THRUM_SYSTEM: return "the system refused";
    }
    return "an unknown status";
}
