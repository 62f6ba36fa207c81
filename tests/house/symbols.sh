#!/usr/bin/env bash
# What the archive defines is what the headers declare, what compilers and linkers ask for, and hidden
# names with the library's prefix. And nothing that is declared is missing.
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
headers=$HOUSE_SOURCE/include
from_compilers='^(_start|__start|__guard_local|__stack_smash_handler|memcpy|memmove|memset|memcmp|__stack_chk_(fail|fail_local|guard)|__tls_get_(addr|offset)|__aeabi_[a-z0-9_]+|__m68k_read_tp|__sync_[a-z_]+(_[0-9])?|__(div|rem)[ql]u?|\$\$dyncall|__hexagon_[a-z0-9_]+|_(save|rest)gpr_[0-9]+(_x)?)$'
# main is the program's; the rest is the linker's.
from_outside='^(main|_DYNAMIC|_GLOBAL_OFFSET_TABLE_|__ehdr_start|__executable_start|_end|end|__bss_start|_?edata|_?etext|__(preinit|init|fini)_array_(start|end)|__rela?_iplt_(start|end)|_(init|fini)|_gp|__global_pointer\$|\$global\$|_(save|rest)gpr[01]_[0-9]+|\.TOC\.|__gnu_local_gp|_gp_disp)$'

# Every function that the headers declare, with inline paths and without, external and inline:
# "name extern" or "name static"; and every variable.
echo '#include <thrum.h>' >all.c
declared() {
    # the prototypes of what the headers declare, one a line, after a comment with the place
    gcc -std=c11 -fsyntax-only -I "$headers" -DTHRUM_FREESTANDING=1 "$@" -aux-info prototypes all.c &&
        grep -F "$headers" prototypes |
        sed -nE 's/^.*\*\/ (extern|static) [^(]*[ *](thrum_[a-z0-9_]+) \(.*/\2 \1/p'
    gcc -std=c11 -E -P -I "$headers" -DTHRUM_FREESTANDING=1 "$@" all.c | tr '\n' ' ' | tr ';' '\n' |
        sed -nE 's/^.*extern [^()]*[ *](thrum_[a-z0-9_]+) *$/\1 extern/p'
}
{ declared; declared -DTHRUM_PRIVATE_BUILD=1; } | sort -u >declared
count=$(cut -d' ' -f1 declared | sort -u | wc -l)
note "$count names declared"
[ "$count" -ge 60 ] && pass "the headers' names are found" || fail "the headers' names are found" "$count"

# The archive's symbols, without what some CPUs say of one in brackets, and without the compiler's
# own functions of i386 that each object brings and the linker keeps once.
readelf -sW "$HOUSE_ARCHIVE" | sed 's/\[[^]]*\]//; /__x86\.get_pc_thunk/d' >symbols

# name, binding, visibility of all that the archive defines for other files
awk '$5 ~ /^(GLOBAL|WEAK)$/ && $7 != "UND" { print $8, $5, $6 }' symbols | sort -u >defined
note "$(wc -l <defined) symbols defined"

# With the inline paths switched off every public function is external; private ones that are inline
# in every build have no place in the archive.
awk '$2 == "extern" || $1 !~ /^thrum_private_/ { print $1 }' declared | sort -u |
    comm -23 - <(cut -d' ' -f1 defined | sort -u) >missing
nothing "every declared function is in the archive" "$(cat missing)"

cut -d' ' -f1 declared | sort -u >names
awk '$3 == "DEFAULT" { print $1 }' defined | grep -vE "$from_compilers" | sort -u |
    comm -23 - names >undeclared
nothing "every visible symbol is declared in a header" "$(cat undeclared)"

nothing "every public symbol is visible" \
    "$(awk '$3 != "DEFAULT" { print $1 }' defined | sort -u | comm -12 - names)"
nothing "every other symbol is hidden and begins with thrum_" \
    "$(awk '$3 != "DEFAULT" && ($3 != "HIDDEN" || $1 !~ /^thrum_/)' defined | cut -d' ' -f1 | grep -vE "$from_compilers")"
nothing "mem* are weak" "$(awk '$1 ~ /^mem(cpy|move|set|cmp)$/ && $2 != "WEAK"' defined)"
nothing "mem* are there" \
    "$(printf '%s\n' memcmp memcpy memmove memset | comm -23 - <(cut -d' ' -f1 defined))"

nothing "no symbol is defined twice" \
    "$(awk '$5 == "GLOBAL" && $7 != "UND" { print $8 }' symbols | sort | uniq -d)"
# Neither a libc nor the compiler's own library.
awk '$5 ~ /^(GLOBAL|WEAK)$/ && $7 == "UND" && $8 != "" { print $8 }' symbols |
    sort -u | comm -23 - <(cut -d' ' -f1 defined | sort -u) >wanted
nothing "the archive needs nothing from outside" "$(grep -vE "$from_outside" wanted)"
# On some CPUs no compiler says anything of it.
nothing "nothing in the archive wants an executable stack" \
    "$(readelf -SW "$HOUSE_ARCHIVE" | awk '/^File:/ { file = $2 } /\.note\.GNU-stack/ { note[file] = 1; if ($0 ~ / X /) print file } /^File:/ { files[$2] = 1 } END { for (file in files) if (!note[file]) silent[file] = 1; for (file in note) if (note[file]) says = 1; if (says) for (file in silent) print file, "does not say" }')"
finish
