/* Included before each source that is modelled. The compiler's thread instrumentation makes a call
 * of each atomic step and of each plain access (access.c); this tells where in the source a step
 * stands, and makes two limits small, which are counts of equal steps. */
#ifndef THRUM_MODEL_ATOMICS_H
#define THRUM_MODEL_ATOMICS_H
#pragma GCC system_header

/* No other thread sees these half done: they stay plain accesses, which are no points. */
#define THRUM_FORK_STORE(place, value) ((void)(*(place) = (value)))

#include "os/os.h"

struct model_site {
    const char *file, *text;
    int line;
};
void model_at(const struct model_site *site);

#define MODEL_AT(what, value)                                                           \
    __extension__({                                                                     \
        static const struct model_site model_site = { __FILE_NAME__, #what, __LINE__ }; \
        model_at(&model_site);                                                          \
        value;                                                                          \
    })
#define __atomic_load_n(p, o) MODEL_AT(p, __atomic_load_n(p, o))
#define __atomic_store_n(p, v, o) MODEL_AT(p, __atomic_store_n(p, v, o))
#define __atomic_exchange_n(p, v, o) MODEL_AT(p, __atomic_exchange_n(p, v, o))
#define __atomic_compare_exchange_n(p, e, v, w, s, f) \
    MODEL_AT(p, __atomic_compare_exchange_n(p, e, v, w, s, f))
#define __atomic_fetch_add(p, v, o) MODEL_AT(p, __atomic_fetch_add(p, v, o))
#define __atomic_fetch_sub(p, v, o) MODEL_AT(p, __atomic_fetch_sub(p, v, o))
#define __atomic_fetch_and(p, v, o) MODEL_AT(p, __atomic_fetch_and(p, v, o))
#define __atomic_fetch_or(p, v, o) MODEL_AT(p, __atomic_fetch_or(p, v, o))
#define __atomic_and_fetch(p, v, o) MODEL_AT(p, __atomic_and_fetch(p, v, o))
#define thrum_os_wait(a, e, d) MODEL_AT(a, thrum_os_wait(a, e, d))
#define thrum_os_wake(a, n) MODEL_AT(a, thrum_os_wake(a, n))

#include "thrum/tls.h"
#undef THRUM_KEY_MAX
#define THRUM_KEY_MAX 3

#include "sync/lock.h"
extern int model_spins;
#define THRUM_SPIN_LIMIT model_spins

#endif
