/* Included before each source by tools/lint-forks: what is marked is `const`, and an atomic store to it
 * is none. */
#pragma GCC system_header

#define THRUM_FORK_VISIBLE const

#define __atomic_store_n(p, v, o) ((void)(p), (void)(v))
#define __atomic_exchange_n(p, v, o) ((void)(v), *(p))
#define __atomic_compare_exchange_n(p, e, v, w, s, f) ((void)(v), *(e) = *(p), *(p) == *(e))
#define __atomic_fetch_add(p, v, o) ((void)(v), *(p))
#define __atomic_fetch_sub(p, v, o) ((void)(v), *(p))
#define __atomic_fetch_and(p, v, o) ((void)(v), *(p))
#define __atomic_fetch_or(p, v, o) ((void)(v), *(p))
#define __atomic_add_fetch(p, v, o) ((void)(v), *(p))
#define __atomic_sub_fetch(p, v, o) ((void)(v), *(p))
#define __atomic_and_fetch(p, v, o) ((void)(v), *(p))
#define __atomic_or_fetch(p, v, o) ((void)(v), *(p))
