#!/usr/bin/env bash
# What every program built for a BSD is: branded for its system; and for OpenBSD with a table of system
# calls that says of each such instruction in it where it is and which call it makes, no more and no
# less. And that the runner ends programs as that kernel does.
. "$(dirname "$0")/house.sh"
system=$1
runner=("${@:2}") # with what runs it
cd "$house_temp" || exit 1

# Whose note is wanted; its text has four bytes.
case $system in
    freebsd) note=FreeBSD ;;
    netbsd) note=NetBSD ;;
    openbsd) note=OpenBSD ;;
    dragonfly) note=DragonFly ;;
esac

# disassemble FILE; what indirect calls may arrive at, and what else begins with it.
case $HOUSE_CPU in
    aarch64)
        disassemble() { aarch64-linux-gnu-objdump -d --no-show-raw-insn "$1"; }
        landing='(bti[[:space:]]c|paciasp)'
        starts=(thrum_bsd_born thrum_bsd_write)
        ;;
    *)
        disassemble() { objdump -d --no-show-raw-insn "$1"; }
        landing=endbr64
        starts=(_start thrum_bsd_born thrum_bsd_write)
        ;;
esac

brand() { # FILE: faults
    readelf -nW "$1" 2>/dev/null | grep -qE "^[[:space:]]+${note}[[:space:]]+0x00000004" || echo "$1: no note of $system"
    readelf -lW "$1" | grep -q '^  NOTE ' || echo "$1: no PT_NOTE"
    [ "$system" != freebsd ] || readelf -hW "$1" | grep -q 'OS/ABI: .*FreeBSD' || echo "$1: OS/ABI"
    readelf -lW "$1" | grep -q '^  GNU_STACK .* RW ' || echo "$1: PT_GNU_STACK"
}

# table FILE: "address number" lines of PT_OPENBSD_SYSCALLS, in hexadecimal and decimal
table() {
    readelf -lW "$1" | awk '$1 ~ /^(LOOS\+0x5a3dbe9|OPENBSD_SYSCALLS)$/ { print $2, $5 }' >where
    local at size
    read -r at size <where || return 1
    od -An -v -tu4 -w8 -j "$((at))" -N "$((size))" "$1" | while read -r address number; do
        printf '%x %d\n' "$address" "$number"
    done | sort
}

# sites FILE: the same of its instructions: where each call is, and what was moved to eax or x8 before it
sites() {
    disassemble "$1" | awk '
        /^[0-9a-f]+ <.*>:$/ { number = "" }
        $2 == "mov" && $3 ~ /^\$0x[0-9a-f]+,%eax$/ { number = $3; gsub(/^\$|,%eax$/, "", number) }
        $2 == "mov" && $3 == "x8," && $4 ~ /^#0x/ { number = substr($4, 2) }
        $2 == "syscall" || $2 == "svc" { sub(/:$/, "", $1); print $1, number }' |
        while read -r address number; do printf '%s %d\n' "$address" "$((number))"; done | sort
}

# barriers FILE: addresses of those calls behind which an AArch64 kernel would leave out another
# instruction than its barrier
barriers() {
    disassemble "$1" | awk '
        left == 2 && !($2 == "dsb" && $3 == "nsh") || left == 1 && $2 != "isb" { print at }
        left > 0 { left-- }
        $2 == "svc" { at = $1; left = 2 }'
}

pinned() { # FILE: faults
    table "$1" >table || { echo "$1: no PT_OPENBSD_SYSCALLS"; return; }
    sites "$1" >sites
    [ "$(wc -l <sites)" -ge 5 ] || echo "$1: fewer than 5 system calls were found"
    diff sites table >difference || { echo "$1: < instruction, > table"; cat difference; }
    [ -z "$(cut -d' ' -f2 table | sort | uniq -d)" ] || echo "$1: a call is listed twice"
    for start in "${starts[@]}"; do
        disassemble "$1" | grep -A1 "<$start>:\$" >first
        [ ! -s first ] || grep -qE "$landing" first || echo "$1: $start does not begin with $landing"
    done
    for at in $(barriers "$1"); do echo "$1: no barrier behind the call at $at"; done
}

brands=
pins=
count=0
while read -r file; do
    [ -n "$file" ] || continue
    count=$((count + 1))
    brands+=$(brand "$file")${brands:+$'\n'}
    [ "$system" != openbsd ] || pins+=$(pinned "$file")${pins:+$'\n'}
done <"$HOUSE_BUILD/house/static-programs"
note "$count programs"
nothing "every program is branded for $system" "$brands"
[ "$system" != openbsd ] || nothing "every table of system calls is that of the instructions" "$pins"

# --- the runner ------------------------------------------------------------------------------------

if [ ${#runner[@]} -eq 0 ]; then
    finish
fi
program=$HOUSE_BUILD/examples/tls
ends() { # NAME STATUS TEXT FILE: it does so under the runner
    local name=$1 status=$2 text=$3 file=$4
    "${runner[@]}" --seed=1 "$system" "$file" 3 >out 2>&1
    local got=$?
    if [ $got -eq "$status" ] && grep -q "$text" out; then pass "$name"; else fail "$name" "$got: $(cat out)"; fi
}
ends "the runner runs a program" 0 "every thread saw its own" "$program"

# A byte of the name in the note is another system's; the note is what comes first of all that has the
# name.
cp "$program" other
at=$(grep -abo "$note" other | head -n 1 | cut -d: -f1)
printf 'X' | dd of=other bs=1 seek="$at" conv=notrunc status=none
ends "a program of nobody's is refused" 125 "no note of this system" other

if [ "$system" = openbsd ]; then
    # The table has another place for the first call that is listed, then no place at all for any.
    read -r at size < <(readelf -lW "$program" | awk '$1 ~ /^(LOOS\+0x5a3dbe9|OPENBSD_SYSCALLS)$/ { print $2, $5 }')
    cp "$program" moved
    for ((i = 0; i < size; i += 8)); do
        printf '\001' | dd of=moved bs=1 seek=$((at + i)) conv=notrunc status=none
    done
    ends "a call from another place ends a program" 134 "another place than its table says" moved
    cp "$program" empty
    for ((i = 4; i < size; i += 8)); do # every entry is one for getpgrp
        printf '\121\000' | dd of=empty bs=1 seek=$((at + i)) conv=notrunc status=none
    done
    ends "a call that is not listed ends a program" 134 "not in its table" empty
fi
finish
