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
nm -D --defined-only "$shared" | awk '$3 !~ /^_(init|fini)$/ { print $3 }' | sort -u >exported # a libc's start files
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
[ $((size)) -le 16 ] && pass "its own TLS is two pointers at most" ||
    fail "its own TLS is two pointers at most" "$size"
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
        ;;
    static)
        silent "pkg-config --static links it" \
            cc -static prog.c -o static $(pkg-config --static --cflags --libs thrum)
        check_run "the static program" ./static
        ;;
    esac
done
finish
