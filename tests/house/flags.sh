#!/usr/bin/env bash
# The hosted library and its tests, compiled as distributions compile: the suite of each build runs at scale 1.
# A sample of the builds.
. "$(dirname "$0")/house.sh"
[ "$HOUSE_ONE_IN" -le 6 ] || HOUSE_ONE_IN=6 # there are six

# name | CPU | CFLAGS | LDFLAGS. Fedora's and Arch's without the specs files that only their compilers have.
table="\
fortify-2 | x86_64 | -O2 -D_FORTIFY_SOURCE=2 |
fortify-3 | x86_64 | -O2 -D_FORTIFY_SOURCE=3 |
cf-protection | x86_64 | -O2 -fcf-protection=full | -Wl,-z,ibt -Wl,-z,shstk
debian | x86_64 | -g -O2 -fstack-protector-strong -fstack-clash-protection -Wformat -Werror=format-security \
-fcf-protection -Wdate-time -D_FORTIFY_SOURCE=2 | -Wl,-z,relro -Wl,-z,now
fedora | x86_64 | -O2 -flto=auto -ffat-lto-objects -fexceptions -g -grecord-gcc-switches -pipe -Wall \
-Werror=format-security -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS \
-fstack-protector-strong -m64 -march=x86-64 -mtune=generic -fasynchronous-unwind-tables \
-fstack-clash-protection -fcf-protection -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer \
| -Wl,-z,relro -Wl,--as-needed -Wl,-z,pack-relative-relocs -Wl,-z,now -flto=auto
time-64 | i386 | -O2 -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64 -D_FORTIFY_SOURCE=2 |"

check_build() { # NAME CPU CFLAGS LDFLAGS
    local name=$1 cpu=$2 folder=$house_temp/$1 output bits=
    [ "$cpu" != i386 ] || bits=-m32
    echo 'int main(void) { return 0; }' >"$house_temp/try.c"
    # shellcheck disable=SC2086 # flags are words
    if ! output=$("$HOUSE_CC" $bits $3 $4 "$house_temp/try.c" -o "$house_temp/try" 2>&1); then
        skip "the suite, compiled as $name" "$HOUSE_CC makes no such program: $(head -n 1 <<<"$output")"
        return
    fi
    if ! output=$("$HOUSE_CMAKE" -S "$HOUSE_SOURCE" -B "$folder" -G Ninja \
        -DCMAKE_TOOLCHAIN_FILE="$HOUSE_SOURCE/cmake/toolchains/linux.cmake" -DTHRUM_CPU="$cpu" \
        -DTHRUM_COMPILER="$HOUSE_CC${bits:+;$bits}" -DCMAKE_BUILD_TYPE=None \
        -DCMAKE_C_FLAGS="$3" -DCMAKE_EXE_LINKER_FLAGS="$4" -DCMAKE_SHARED_LINKER_FLAGS="$4" \
        -DTHRUM_HOSTED=ON -DTHRUM_FREESTANDING_BUILD=OFF -DTHRUM_EXAMPLES=OFF -DTHRUM_MAN=OFF \
        -DTHRUM_HOSTED_TESTS=shared 2>&1 && "$HOUSE_CMAKE" --build "$folder" --target hosted_suite_shared 2>&1); then
        fail "it builds as $name" "$(grep -E 'error|FAILED' <<<"$output" | head -n 20)"
        return
    fi
    if output=$("$folder/suite" --scale=1 2>&1); then
        pass "the suite, compiled as $name"
    else
        fail "the suite, compiled as $name" "$(grep -vE '^ok ' <<<"$output" | tail -n 40)"
    fi
    rm -rf "$folder"
}

while IFS='|' read -r name cpu cflags ldflags; do
    if chosen; then
        check_build "${name// /}" "${cpu// /}" "$cflags" "$ldflags"
    fi
done <<<"$table"
finish
