#!/usr/bin/env bash
# What an access costs: the instructions of a program compiled with the package file's flags.
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
if [ "$HOUSE_CPU" != x86_64 ]; then
    skip "instructions" "what they should be on $HOUSE_CPU is not written down"
    finish
fi
cat >prog.c <<'C'
#include <thrum.h>
static THRUM_THREAD_LOCAL int here = 1;
THRUM_THREAD_LOCAL int elsewhere;
#define APART __attribute__((noinline))
APART static int read_here(void) { return here; }
APART static int read_elsewhere(void) { return elsewhere; }
APART static void write_here(int value) { here = value; }
APART static void *get(thrum_tls_key which) { return thrum_tls_get(which); }
APART static thrum_thread *self(void) { return thrum_self(); }
int main(int argc, char **argv)
{
    thrum_tls_key key = { (uint32_t)argc };
    write_here(argc + (argv[0] != NULL));
    return get(key) != NULL || self() == NULL || read_here() != 2 + read_elsewhere();
}
C

# The instructions of a function without what only pads it.
instructions() {
    objdump -d --no-show-raw-insn --disassemble="$2" "$1" |
        sed -nE 's/^ +[0-9a-f]+:\t//p' | grep -vE '^(nop|xchg +%ax,%ax|cs nop|data16|endbr64|int3)'
}

# one_access PROGRAM FUNCTION: it is one move through %fs and the return
one_access() {
    local text
    text=$(instructions "$1" "$2")
    if [ "$(wc -l <<<"$text")" -eq 2 ] && grep -qE '^mov .*%fs:' <<<"$(head -n 1 <<<"$text")" &&
        grep -qE '^ret' <<<"$(tail -n 1 <<<"$text")"; then
        pass "$1: $2 is one instruction"
    else
        fail "$1: $2 is one instruction" "$text"
    fi
}

for package in thrum-freestanding thrum-freestanding-pie; do
    package_flags $package
    silent "$package: compiles" "$HOUSE_CC" -O2 -o $package prog.c "${flags[@]}"
    for name in read_here read_elsewhere write_here; do
        one_access $package $name
    done
    text=$(instructions $package self)
    [ "$(wc -l <<<"$text")" -eq 2 ] && grep -q '%fs:0' <<<"$text" &&
        pass "$package: self is one instruction" || fail "$package: self is one instruction" "$text"
done

# A key's value: the bounds check and the load, no call but that of misuse.
package_flags thrum-freestanding
silent "a key get compiles" "$HOUSE_CC" -O2 -o get prog.c "${flags[@]}"
text=$(instructions get get)
note "$text"
nothing "a key get calls nothing but the report of misuse" \
    "$(grep -E '^(call|jmp)' <<<"$text" | grep -v thrum_private_tls_bad_key | grep call)"
number=$(sed -n '1,/^ret/p' <<<"$text" | wc -l)
note "$number instructions"
[ "$number" -le 8 ] && pass "a key get is at most 8 instructions" ||
    fail "a key get is at most 8 instructions" "$text"
loads=$(sed -n '1,/^ret/p' <<<"$text" | grep -c '%fs:')
[ "$loads" -eq 1 ] && pass "a key get goes through %fs once" ||
    fail "a key get goes through %fs once" "$text"
finish
