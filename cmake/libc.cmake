# Whether there is a libc to build the hosted library above, and what of it is used where it is there.
#
# THRUM_HOSTED          build it: by default where programs of this machine can be linked with a libc
# THRUM_WAIT            how it waits on addresses: futex, the system's own call; or table: POSIX alone, on
#                       Linux for pages, joins, sleep and a thread's own block too, for
#                       systems that have no more, and to test that
# THRUM_HOSTED_TESTS    how the hosted test suites are linked, the first one is `suite`: archive (with
#                       libthrum.a), shared (with libthrum.so), static (with libthrum.a and -static),
#                       amalgamation (tools/amalgamate)
include(CheckCSourceCompiles)
set(CMAKE_TRY_COMPILE_TARGET_TYPE EXECUTABLE)
set(CMAKE_REQUIRED_FLAGS -pthread)
set(CMAKE_REQUIRED_DEFINITIONS -D_GNU_SOURCE)
set(hosted_default OFF)
if(NOT CMAKE_CROSSCOMPILING)
  if(NOT THRUM_HAS_LIBC)
    unset(THRUM_HAS_LIBC CACHE) # it may have been installed since
  endif()
  check_c_source_compiles("#include <pthread.h>
    static void *run(void *a) { return a; }
    int main(void) { pthread_t t; return pthread_create(&t, 0, run, 0) || pthread_join(t, 0); }"
    THRUM_HAS_LIBC)
  set(hosted_default ${THRUM_HAS_LIBC})
endif()
# What nobody asked for is not kept: the next configuration looks again.
if(hosted_default OR DEFINED THRUM_HOSTED)
  option(THRUM_HOSTED "Build the library above the system's libc" ${hosted_default})
else()
  set(THRUM_HOSTED OFF)
endif()
if(THRUM_HOSTED)
  check_c_source_compiles("#include <semaphore.h>
    #include <time.h>
    int main(void) { sem_t s; struct timespec t = { 0, 0 }; sem_init(&s, 0, 0);
                     return sem_clockwait(&s, CLOCK_MONOTONIC, &t); }" THRUM_HAS_SEM_CLOCKWAIT)
endif()
unset(CMAKE_REQUIRED_FLAGS)
unset(CMAKE_REQUIRED_DEFINITIONS)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(THRUM_WAIT "futex" CACHE STRING "The hosted library's wait on addresses: futex, table")
set_property(CACHE THRUM_WAIT PROPERTY STRINGS futex table)
set(THRUM_HOSTED_TESTS "" CACHE STRING "Hosted test suites: archive, shared, static, amalgamation")
if(NOT THRUM_HOSTED AND NOT THRUM_FREESTANDING_BUILD)
  message(FATAL_ERROR "neither the hosted nor the freestanding library is wanted")
endif()
