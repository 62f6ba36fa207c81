#!/usr/bin/env bash
# The program in docs/c11.md: built with its line against the installed library, by the include path
# alone, and unchanged above this machine's libc.
. "$(dirname "$0")/house.sh"

page=$HOUSE_SOURCE/docs/c11.md
cd "$house_temp" || exit 1
awk '$0 == "```c" && !done { inside = 1; next } inside && /^```/ { inside = 0; done = 1 } inside' \
    "$page" >prog.c
line=$(grep -E '^ *cc .*thrum/c11 ' "$page" | head -n 1 | sed 's/^ *//')
note "$line"
PKG_CONFIG_PATH=$(dirname "$(find "$house_prefix" -name thrum-freestanding.pc)")
export PKG_CONFIG_PATH
cc() { "$HOUSE_CC" -std=c11 $(warnings -Wall -Wextra -Wpedantic) "$@"; }
if [ -z "$line" ]; then
    fail "docs/c11.md has a line to compile it"
else
    silent "docs/c11.md's line compiles it" eval "$line"
    runs "it runs" ./prog
    rm -f prog
    silent "with a time_t of 32 bits and no <time.h>" eval "$line -DTHRUM_C11_TIME_T=int32_t"
    runs "it runs" ./prog
fi
sed 's|<threads.h>|<thrum/c11/threads.h>|' prog.c >whole.c
# shellcheck disable=SC2046
silent "by the header's whole name" cc whole.c -o whole \
    $(pkg-config --static --cflags --libs thrum-freestanding)
runs "it runs" ./whole
if echo '#include <threads.h>' | cc -x c -fsyntax-only - 2>/dev/null; then
    silent "the libc compiles it" cc prog.c -o prog-libc -pthread
    runs "it runs above the libc" ./prog-libc
else
    skip "the libc compiles it" "there is no <threads.h>"
fi
finish
