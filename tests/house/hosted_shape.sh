#!/usr/bin/env bash
# The hosted library of a system whose headers are not here, built by the compiler for it against what
# its headers declare (tests/hosted_shapes): it wants no name of a libc that they do not declare.
. "$(dirname "$0")/house.sh"
system=$1
system_name=$2 # CMake's
shapes=$HOUSE_SOURCE/tests/hosted_shapes
cd "$house_temp" || exit 1

export CFLAGS="-nostdlibinc -isystem $shapes/$system -isystem $shapes/common"
runs "the build knows how" "$HOUSE_CMAKE" -S "$HOUSE_SOURCE" -B build -G Ninja \
    -DCMAKE_TOOLCHAIN_FILE="$HOUSE_SOURCE/cmake/toolchains/bsd.cmake" -DCMAKE_SYSTEM_NAME="$system_name" \
    -DTHRUM_COMPILER="$HOUSE_CC" -DTHRUM_CPU="$HOUSE_CPU" -DTHRUM_WERROR="${HOUSE_WERROR:-0}" \
    -DTHRUM_HOSTED=ON -DTHRUM_FREESTANDING_BUILD=OFF -DTHRUM_EXAMPLES=OFF -DTHRUM_TESTS=none -DTHRUM_MAN=OFF
output=$("$HOUSE_CMAKE" --build build --target thrum_static thrum_hosted_rest 2>&1) && pass "it compiles" ||
    fail "it compiles" "$(grep -E 'error:|warning:|^FAILED' <<<"$output")"

# Every function and variable that the headers declare; gcc writes a line for each function.
declared() {
    local include=(-nostdinc -isystem "$shapes/$system" -isystem "$shapes/common"
        -isystem "$(gcc -print-file-name=include)")
    for folder in common "$system"; do
        (cd "$shapes/$folder" && find . -name '*.h' ! -name 'shape*' | sed 's|^\./|#include <|; s|$|>|')
    done | sort -u >rest.c
    grep -xE '#include <(sys/types|sys/param|sys/time|pthread|signal)\.h>' rest.c | cat - rest.c >all.c # as documented
    # as a program asks that wants all; freestanding, so that gcc's own <stdint.h> serves
    local flags=(-std=gnu11 -ffreestanding -D_NETBSD_SOURCE -D_BSD_SOURCE)
    gcc "${flags[@]}" -fsyntax-only "${include[@]}" -aux-info prototypes all.c &&
        sed -nE 's/^.*\*\/ (extern|static) [^(]*[ *]([a-z_][a-z0-9_]+) \(.*/\2/p' prototypes
    gcc "${flags[@]}" -E -P "${include[@]}" all.c | tr '\n' ' ' | tr ';' '\n' |
        sed -nE 's/^.*extern [^()]*[ *]([a-z_]+) *$/\1/p'
}
declared | sort -u >declared
note "$(wc -l <declared) names are declared"
[ "$(wc -l <declared)" -ge 50 ] && pass "the headers' names are found" || fail "the headers' names are found" "$(cat declared)"

# What compilers call or look at on their own account (strlen: they make it of a loop); the last two are
# OpenBSD's.
cat >own <<'END'
_GLOBAL_OFFSET_TABLE_
__stack_chk_fail
__stack_chk_guard
__tls_get_addr
memcmp
memcpy
memmove
memset
strlen
__guard_local
__stack_smash_handler
END
wanted() { # FILE…: names that these want, and none of them defines
    nm "$@" 2>/dev/null | awk 'NF == 2 && $1 == "U" { print $2 }' | sort -u |
        comm -23 - <(nm --defined-only "$@" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u)
}
mapfile -t objects < <(find build -path '*thrum_hosted.dir*' -name '*.o')
note "${#objects[@]} objects"
[ ${#objects[@]} -ge 40 ] && pass "the objects are there" || fail "the objects are there" "${objects[*]}"
wanted "${objects[@]}" >names
note "wants: $(comm -12 names declared | tr '\n' ' ')"
nothing "it wants what the headers declare alone" "$(sort -u declared own | comm -23 names -)"
[ "$(comm -12 names declared | wc -l)" -ge 30 ] && pass "and much of it" || fail "and much of it" "$(cat names)"
# Waiting by POSIX alone, which stands in for the system's own wait.
mapfile -t rest < <(find build -path '*thrum_hosted.dir*' -name '*.o' ! -name "${system}_wait.*" ! -name "park_table.*"
    find build -path '*thrum_hosted_rest.dir*' -name 'wait_table*.o')
wanted "${rest[@]}" >names
nothing "nor does it with THRUM_WAIT=table" "$(sort -u declared own | comm -23 names -)"
grep -qx sem_timedwait names && pass "which waits on semaphores" || fail "which waits on semaphores" "$(cat names)"
finish
