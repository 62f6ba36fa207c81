#!/usr/bin/env bash
# The library as two files that a program vendors (tools/amalgamate): README.md's program with them, in
# both builds, by the commands that stand at the head of thrum.c; other CPUs where their compilers are.
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
silent "tools/amalgamate" "$HOUSE_SOURCE/tools/amalgamate" .
awk '/^```c$/ && !done { inside = 1; next } inside && /^```/ { inside = 0; done = 1 } inside' \
    "$HOUSE_SOURCE/README.md" | sed 's/<thrum.h>/"thrum.h"/' >prog.c
nothing "nothing of the house is included" "$(grep -nE '#include "' thrum.c thrum.h | grep -v '"thrum.h"')"
runs "the same again gives the same" bash -c \
    "'$HOUSE_SOURCE/tools/amalgamate' again && cmp again/thrum.c thrum.c && cmp again/thrum.h thrum.h"

# The lines at the head, with this compiler.
check_run() { # NAME COMMAND…
    local name=$1 output
    shift
    output=$("$@" 2>&1) && grep -q 'dumps' <<<"$output" && pass "$name runs" || fail "$name runs" "$output"
}
command_of() { # WORD N: the Nth command at the head that has the word, its continued lines in one
    sed -n '/^ \*\/$/q; s/^ \* \{5\}//p' thrum.c | sed -e ':a' -e '/\\$/N; s/\\\n *//; ta' | grep -F -- "$1" |
        sed -n "$2p"
}
warn="-std=c11 $(warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion)"
above=$(command_of '-pthread' 1)
cc=$HOUSE_CC
for wait in 0 1; do
    # shellcheck disable=SC2086
    silent "above a libc, THRUM_WAIT_TABLE=$wait" $cc $warn -DTHRUM_WAIT_TABLE=$wait ${above#cc} -o prog
    check_run "above a libc, THRUM_WAIT_TABLE=$wait" ./prog
done
# And by exactly those words, with each libc there is: no option may hide what another one lacks.
for compiler in "$cc" "musl-gcc"; do
    if ! command -v "${compiler%% *}" >/dev/null; then
        skip "by the very command: $compiler" "there is no $compiler"
        continue
    fi
    rm -f a.out
    # shellcheck disable=SC2086
    silent "by the very command: $compiler" $compiler ${above#cc}
    check_run "by the very command: $compiler" ./a.out
done
# Above other systems' libcs, as far as their headers' shapes go: tests/hosted_shapes.
for system in freebsd netbsd openbsd dragonfly; do
    if ! command -v clang >/dev/null; then
        skip "compiles for $system" "there is no clang, whose every copy compiles for it"
        continue
    fi
    words=${above#cc}
    there=(clang --target="x86_64-unknown-$system" -nostdlibinc -isystem "$HOUSE_SOURCE/tests/hosted_shapes/$system"
        -isystem "$HOUSE_SOURCE/tests/hosted_shapes/common")
    # shellcheck disable=SC2086
    silent "compiles for $system" "${there[@]}" ${words/prog.c/} -c -o other.o
    # Of the files that stand for each other it has those that the build there chooses.
    printf 'include("%s/cmake/hosted/place.cmake")\nmessage("${THRUM_HOSTED_%s_FILE_table}\n${THRUM_HOSTED_%s_FILE_table}")\n' \
        "$HOUSE_SOURCE" THREAD SELF >chosen.cmake
    "$HOUSE_CMAKE" -DTHRUM_SYSTEM=$system -P chosen.cmake 2>chosen
    "${there[@]}" -E -dM thrum.c >macros 2>&1
    output=$(while read -r file; do
        guard=THRUM_$(tr 'a-z/.' 'A-Z__' <<<"$file")
        grep -q "^#define $guard *\$" macros || echo "$file"
    done <chosen)
    [ "$(grep -c '^os/hosted/[a-z_]*\.h$' chosen)" -eq 2 ] || output+=$(cat chosen)
    nothing "has what the build for $system chooses" "$output"
done
for number in 1 2; do
    line=$(command_of '-DTHRUM_FREESTANDING' $number)
    # shellcheck disable=SC2086
    silent "without one: $line" $cc $warn ${line#cc}
done
line=$(command_of '-nostdlib' 1)
# shellcheck disable=SC2086
silent "without one: $line" $cc ${line#cc} -o prog
check_run "without a libc" ./prog
nothing "it asks for nothing" "$(nm --undefined-only prog | grep -v ' w ')"

# A C++ program above the C file.
if command -v g++ >/dev/null; then
    cat >prog.cc <<'END'
#include "thrum.h"
static void *run(void *argument) { return argument; }
int main()
{
    static thrum_mutex mutex = THRUM_MUTEX_INIT;
    thrum_thread *thread;
    void *result = nullptr;
    thrum_mutex_lock(&mutex);
    if (thrum_spawn(&thread, run, &mutex, nullptr) != THRUM_OK)
        return 1;
    thrum_mutex_unlock(&mutex);
    return thrum_join(thread, &result) != THRUM_OK || result != &mutex;
}
END
    silent "thrum.c for C++" "$HOUSE_CC" -O2 -pthread -c thrum.c
    silent "a C++ program compiles" g++ -std=c++17 $(warnings -Wall -Wextra) -pthread prog.cc thrum.o -o plus
    silent "the C++ program runs" ./plus
fi

# Other CPUs: compiled, linked, and run where an emulator is. One compiler's run does for both.
[[ $HOUSE_CC != *clang* ]] || finish
for cpu in aarch64 arm mips powerpc64le riscv64 s390x; do
    compiler=$(compgen -c "$cpu-linux-gnu" | grep -E -- '-gcc-[0-9]+$' | sort -V | tail -n 1)
    emulator=qemu-${cpu/powerpc/ppc}-static
    if [ -z "$compiler" ] || ! command -v "$emulator" >/dev/null; then
        skip "for $cpu" "no compiler or emulator for it here"
        continue
    fi
    flags=
    [ "$cpu" != aarch64 ] || flags=-mno-outline-atomics
    [ "$cpu" != riscv64 ] || flags=-Wl,-z,notext
    output=$(for number in 1 2; do
        line=$(command_of '-DTHRUM_FREESTANDING' $number)
        # shellcheck disable=SC2086
        $compiler $warn ${flags%%-Wl*} ${line#cc}
    done 2>&1)
    line=$(command_of '-nostdlib' 1)
    # shellcheck disable=SC2086
    output+=$($compiler $flags ${line#cc} -o prog 2>&1)
    nothing "for $cpu" "$output"
    check_run "for $cpu" "$emulator" ./prog
done
finish
