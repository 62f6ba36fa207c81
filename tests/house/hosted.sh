#!/usr/bin/env bash
# The hosted library as its users meet it: what it exports, what is installed, programs that link it
# with and without pkg-config and CMake, and one that loads it at run time.
. "$(dirname "$0")/house.sh"
: "${HOUSE_MODES:?}"

cd "$house_temp" || exit 1
prefix=$house_temp/prefix
runs "cmake --install" "$HOUSE_CMAKE" --install "$HOUSE_BUILD" --prefix "$prefix"
for file in include/thrum.h 'lib*/libthrum.a' 'lib*/libthrum.so' 'lib*/libthrum.so.0' \
    'lib*/pkgconfig/thrum.pc' 'lib*/cmake/thrum/thrumConfig.cmake'; do
    if [ -n "$(find "$prefix" -path "$prefix/$file")" ]; then
        pass "$file is installed"
    else
        fail "$file is installed" "$(find "$prefix")"
    fi
done
nothing "no file knows where it was built" \
    "$(grep -rlF -e "$HOUSE_SOURCE" -e "$HOUSE_BUILD" "$prefix" --include='*.cmake' --include='*.pc')"
lib=$(dirname "$(find "$prefix" -name libthrum.a)")
shared=$lib/libthrum.so

# --- what it exports and wants ---------------------------------------------------------------------

echo '#include <thrum.h>' >all.c
gcc -std=c11 -fsyntax-only -I "$prefix/include" -aux-info prototypes all.c
sed -nE "s/^.*\*\/ extern [^(]*[ *](thrum_[a-z0-9_]+) \(.*/\1/p" prototypes | sort -u >declared
nm -D --defined-only "$shared" | awk '$2 != "A" && $3 !~ /^_(init|fini)$/ { sub(/@.*/, "", $3); print $3 }' |
    sort -u >exported # but for a libc's start files, and the name of the version
nothing "it exports what the headers declare alone" "$(comm -13 declared exported)"
nothing "and all of that but the way in without a libc" \
    "$(comm -23 declared exported | grep -v '^thrum_init')"
nothing "all other names of the archive are hidden and begin with thrum_" \
    "$(readelf -sW "$lib/libthrum.a" | awk '$5 ~ /^(GLOBAL|WEAK)$/ && $7 != "UND" { print $8, $6 }' |
        sort -u | awk '$2 != "DEFAULT" && ($2 != "HIDDEN" || $1 !~ /^thrum_/)')"
dynamic=$(readelf -dW "$shared")
grep -q 'SONAME.*\[libthrum\.so\.0\]' <<<"$dynamic" && pass "its soname is libthrum.so.0" ||
    fail "its soname is libthrum.so.0" "$dynamic"
grep -q NODELETE <<<"$dynamic" && pass "it stays when it is closed" ||
    fail "it stays when it is closed" "$dynamic"
size=$(readelf -lW "$shared" | awk '$1 == "TLS" { print $6 }')
[ $((size)) -le 8 ] && pass "its own TLS is one pointer at most" ||
    fail "its own TLS is one pointer at most" "$size"
nothing "its TLS is reached without a call" "$(nm -D --undefined-only "$shared" | grep __tls_get_addr)"
nothing "it wants no executable stack" \
    "$(readelf -lW "$shared" | awk '$1 == "GNU_STACK" && /RWE/')"

# --- programs --------------------------------------------------------------------------------------

cat >prog.c <<'END'
#include <stdio.h>
#include <thrum.h>
static __thread int mine = 1;
static void *run(void *argument)
{
    mine++;
    thrum_mutex_lock(argument);
    printf("%d\n", mine);
    thrum_mutex_unlock(argument);
    return argument;
}
int main(void)
{
    static thrum_mutex mutex;
    thrum_thread *thread;
    void *result = NULL;
    if (thrum_spawn(&thread, run, &mutex, NULL) != THRUM_OK)
        return 1;
    thrum_join(thread, &result);
    puts("main is there"); /* and does not end with the last of the others */
    return result != &mutex;
}
END
cat >plugin.c <<'END'
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static unsigned long long (*id)(void);
static void *look(void *unused)
{
    return id() == (unsigned long long)gettid() ? &id : unused;
}
int main(int argc, char **argv)
{
    void *library = dlopen(argv[argc - 1], RTLD_NOW), *result = NULL;
    pthread_t thread;
    if (library == NULL || (*(void **)&id = dlsym(library, "thrum_id")) == NULL)
        return puts(dlerror()), 1;
    pthread_create(&thread, NULL, look, NULL);
    dlclose(library);
    pthread_join(thread, &result);
    return result != &id || look(NULL) != &id;
}
END
# An allocator whose lock is a mutex of thrum's: the first call in a thread is in its first malloc.
cat >allocator.c <<'END'
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <thrum.h>
static char pool[1 << 22];
static size_t used;
static thrum_mutex lock;
void *malloc(size_t size)
{
    thrum_mutex_lock(&lock);
    size_t at = used + 16;
    size = (size + 15) & ~(size_t)15;
    void *found = size < sizeof pool - at ? pool + at : NULL;
    if (found != NULL) {
        memcpy(pool + at - 16, &size, sizeof size);
        used = at + size;
    }
    thrum_mutex_unlock(&lock);
    return found;
}
void free(void *memory)
{
    (void)memory;
}
void *calloc(size_t count, size_t size)
{
    return malloc(count * size); /* of zeros that nobody has written */
}
void *realloc(void *memory, size_t size)
{
    size_t old = 0;
    void *found = malloc(size);
    if (memory != NULL)
        memcpy(&old, (char *)memory - 16, sizeof old);
    if (found != NULL && memory != NULL)
        memcpy(found, memory, old < size ? old : size);
    return found;
}
static void *run(void *argument)
{
    void *volatile memory = malloc(10);
    return memory != NULL ? argument : NULL;
}
int main(void)
{
    pthread_t thread;
    thrum_thread *own;
    void *result = NULL, *other = NULL;
    if (pthread_create(&thread, NULL, run, &used) != 0 || pthread_join(thread, &result) != 0)
        return 1;
    if (thrum_spawn(&own, run, &used, NULL) != THRUM_OK || thrum_join(own, &other) != THRUM_OK)
        return 2;
    return result == &used && other == &used ? 0 : 3;
}
END
# A wrapper of pthread_create, as profilers have, that calls thrum before the thread's first step.
cat >wrapper.c <<'END'
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <thrum.h>
struct start {
    void *(*run)(void *);
    void *argument;
};
static thrum_tls_key key;
static thrum_mutex mutex;
static void *wrap(void *argument)
{
    struct start start = *(struct start *)argument;
    free(argument);
    thrum_tls_set(key, &mutex);
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    return start.run(start.argument);
}
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    struct start *start = malloc(sizeof *start);
    *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
    *start = (struct start){ run, argument };
    return create(thread, attributes, wrap, start);
}
static thrum_thread *handle;
static thrum_event go;
static bool count(thrum_thread *thread, void *counted)
{
    ++*(int *)counted;
    return thread != NULL;
}
static void *run(void *argument)
{
    int threads = 0;
    thrum_event_wait(&go);
    thrum_each_thread(count, &threads);
    thrum_mutex_lock(&mutex);
    bool holds = thrum_mutex_holder(&mutex) == thrum_id();
    thrum_mutex_unlock(&mutex);
    return threads == 2 && holds && thrum_self() == handle && thrum_tls_get(key) == &mutex ? argument : NULL;
}
int main(void)
{
    if (thrum_tls_alloc(&key, NULL, 0) != THRUM_OK)
        return 1;
    for (int i = 0; i < 200; i++) {
        void *result = NULL;
        thrum_event_reset(&go);
        if (thrum_spawn(&handle, run, &key, NULL) != THRUM_OK)
            return 2;
        thrum_event_set(&go);
        if (thrum_join(handle, &result) != THRUM_OK || result != &key)
            return 3;
    }
    return 0;
}
END
# Main's limit is what setrlimit has made of it: the overflow of a larger stack is one, too.
cat >limit.c <<'END'
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <thrum.h>
static int deep(int depth)
{
    volatile char frame[4096];
    frame[0] = (char)depth;
    return depth == 0 ? frame[0] : deep(depth - 1) + frame[0];
}
int main(int argc, char **argv)
{
    const rlim_t sizes[] = { 1 << 20, 12 << 20 };
    struct rlimit limit;
    thrum_stack stack;
    (void)thrum_stack_info(thrum_self(), &stack);
    if (thrum_catch_overflow() != THRUM_OK || getrlimit(RLIMIT_STACK, &limit) != 0)
        return 1;
    for (int i = 0; i < 2; i++) {
        limit.rlim_cur = sizes[i];
        if (setrlimit(RLIMIT_STACK, &limit) != 0)
            return puts("refused"), 2;
        if (thrum_stack_info(thrum_self(), &stack) != THRUM_OK || stack.size != sizes[i])
            return printf("%zu\n", stack.size), 3;
        if (argc > 1 && i == argv[1][0] - '0')
            deep(100000);
    }
    return 0;
}
END
check_run() { # NAME PROGRAM
    local output
    output=$(LD_LIBRARY_PATH=$lib "$2" 2>&1)
    [ "$output" = $'2\nmain is there' ] && pass "$1 runs" || fail "$1 runs" "$output"
}
export PKG_CONFIG_PATH=$lib/pkgconfig
cc() { "$HOUSE_CC" $(warnings -Wall -Wextra) "$@"; }
# throws PROGRAM WHAT LINE: it ends by SIGABRT (134) and writes one line, that one
throws() {
    local output status
    output=$(ulimit -c 0; LD_LIBRARY_PATH=$lib timeout 20 "$1" "$2" 2>&1)
    status=$?
    if [ "$status" -eq 134 ] && grep -qE "$3" <<<"$output" && ! grep -q 'it went on' <<<"$output"; then
        pass "$1: an exception out of the $2 is reported"
    else
        fail "$1: an exception out of the $2 is reported" "status $status: $output"
    fi
}
throwing() { # PROGRAM FLAG…: as C++
    if ! command -v g++ >/dev/null; then
        skip "$1: exceptions" "g++ is not installed"
        return
    fi
    silent "$1 compiles" g++ -std=c++17 "$HOUSE_SOURCE/tests/house/throwing.cc" -o "$1" "${@:2}"
    throws "./$1" once '^thrum: thread .* unwinds out of the function of a once'
    throws "./$1" visitor '^thrum: thread .* unwinds out of the visitor of thrum_each_thread'
    throws "./$1" destructor '^thrum: thread .* unwinds out of the destructor of a key'
    throws "./$1" thread 'terminate called after throwing'
}

for mode in $HOUSE_MODES; do
    case $mode in
    shared)
        silent "pkg-config links it" cc prog.c -o shared $(pkg-config --cflags --libs thrum)
        check_run "the program with libthrum.so" ./shared
        throwing throwing-shared $(pkg-config --cflags --libs thrum)
        silent "a program that loads it builds" cc -D_GNU_SOURCE plugin.c -o plugin -ldl -pthread
        silent "it works loaded, and when it is closed, in threads of others" ./plugin "$shared"
        # A program with ThreadSanitizer, above the library as it is installed. That is told of the orders.
        if cc -fsanitize=thread "$HOUSE_SOURCE/tests/house/ordered.c" -g -o ordered -I "$prefix/include" \
            -L "$lib" -lthrum -pthread && LD_LIBRARY_PATH=$lib ./ordered join; then
            output=$(LD_LIBRARY_PATH=$lib ./ordered nothing 2>&1)
            grep -q 'data race' <<<"$output" && pass "ThreadSanitizer finds a race" ||
                fail "ThreadSanitizer finds a race" "$output"
            for object in mutex rwlock cond sem event once waitgroup barrier join; do
                silent "and none where all is ordered by $object" env LD_LIBRARY_PATH="$lib" ./ordered "$object"
            done
        else
            skip "ThreadSanitizer finds no false race" "no program of its runs here"
        fi
        mkdir project && cp prog.c project && cat >project/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(prog LANGUAGES C)
find_package(thrum REQUIRED)
add_executable(prog prog.c)
target_link_libraries(prog PRIVATE thrum::thrum)
add_executable(prog_static prog.c)
target_link_libraries(prog_static PRIVATE thrum::thrum_static)
END
        runs "find_package(thrum) configures" "$HOUSE_CMAKE" -S project -B project/build -G Ninja \
            -DCMAKE_C_COMPILER="$HOUSE_CC" -DCMAKE_PREFIX_PATH="$prefix"
        runs "thrum::thrum and thrum::thrum_static build it" "$HOUSE_CMAKE" --build project/build
        check_run "thrum::thrum" project/build/prog
        check_run "thrum::thrum_static" project/build/prog_static
        ;;
    archive)
        silent "the archive links" cc prog.c -o archive -I "$prefix/include" "$lib/libthrum.a" -pthread
        check_run "the program with libthrum.a" ./archive
        throwing throwing-archive -I "$prefix/include" "$lib/libthrum.a" -pthread
        for program in allocator wrapper limit; do
            silent "$program.c builds" cc -O1 -fno-builtin -D_GNU_SOURCE $program.c -o $program \
                -I "$prefix/include" "$lib/libthrum.a" -ldl -pthread
        done
        silent "an allocator may lock a mutex" timeout 60 ./allocator
        silent "a thread may call thrum before its first step" timeout 60 ./wrapper
        if [ "$(ulimit -H -s)" = unlimited ] || [ "$(ulimit -H -s)" -ge 12288 ]; then
            silent "main's stack is as large as its limit is now" ./limit
            for which in 0 1; do
                output=$(bash -c "ulimit -S -s 4096; ./limit $which" 2>&1)
                grep -q 'has overflowed its stack of' <<<"$output" && pass "its overflow is seen, $which" ||
                    fail "its overflow is seen, $which" "$output"
            done
        else
            skip "main's stack is as large as its limit is now" "the hard limit is lower"
        fi
        ;;
    static)
        silent "pkg-config --static links it" \
            cc -static prog.c -o static $(pkg-config --static --cflags --libs thrum)
        check_run "the static program" ./static
        ;;
    esac
done
finish
