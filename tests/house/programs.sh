#!/usr/bin/env bash
# What every static and static-PIE program of this build is: alone, and with no memory that can be
# both written and run.
. "$(dirname "$0")/house.sh"

# in_code FILE: the first relocation that lies in a segment that is not written; the flag alone says little,
# because riscv's linker counts relocations in code that it does not make.
in_code() {
    local segments at
    segments=$(readelf -lW "$1")
    readelf -rW "$1" | awk '/R_/ && !/_NONE/ { print substr("0000000000000000" $1, 1 + length($1)) }' |
        while read -r at; do
            awk -v at="$at" '
                function full(hex) { sub(/^0x/, "", hex); return substr("0000000000000000" hex, 1 + length(hex)) }
                function add(a, b, digit, carry, sum, i, text) {
                    for (i = 16; i > 0; i--) {
                        sum = index(digits, substr(a, i, 1)) + index(digits, substr(b, i, 1)) - 2 + carry
                        carry = sum > 15
                        text = substr(digits, sum % 16 + 1, 1) text
                    }
                    return text
                }
                BEGIN { digits = "0123456789abcdef" }
                $1 == "LOAD" { flags = ""; for (i = 7; i < NF; i++) flags = flags $i
                    low = full($3); high = add(low, full($6))
                    if (flags !~ /W/ && at >= low && at < high) found = 1 }
                END { exit !found }' <<<"$segments" && echo "$1: relocation in code at $at"
        done | head -n 1
}

look() { # static|pie FILE…: faults, one a line
    local mode=$1 file
    shift
    for file in "$@"; do
        [ -f "$file" ] || echo "$file: not there"
    done
    # Twice the first: of one file readelf does not print the name.
    readelf -hldW "$1" "$@" | awk -v mode="$mode" -v cpu="$HOUSE_CPU" '
        function ends() {
            if (file == "" || done[file]++) return
            # The ABI of SPARC has its procedure linkage table patched where it stands.
            if (cpu ~ /^sparc/ && file ~ /\/ifunc$/) return
            if (stack == "" || stack ~ /E/) print file ": executable stack"
            if (type != (mode == "pie" ? "DYN" : "EXEC")) print file ": type " type ", not " (mode == "pie" ? "DYN" : "EXEC")
            if (mode == "static" && dynamic) print file ": PT_DYNAMIC"
            if (both) print file ": a segment that is written and run"
            if (interp) print file ": PT_INTERP"
            if (needed) print file ": DT_NEEDED"
            if (textrel) print "textrel " file
        }
        /^File: / { ends(); file = substr($0, 7); stack = type = ""; dynamic = both = interp = needed = textrel = 0 }
        $1 == "Type:" { type = $2 }
        $1 == "INTERP" { interp = 1 }
        $1 == "DYNAMIC" { dynamic = 1 }
        /\(NEEDED\)/ { needed = 1 }
        /TEXTREL/ { textrel = 1 }
        # the flags are between the sizes and the alignment
        $1 == "LOAD" || $1 == "GNU_STACK" { flags = ""; for (i = 7; i < NF; i++) flags = flags $i }
        $1 == "LOAD" && flags ~ /W/ && flags ~ /E/ { both = 1 }
        $1 == "GNU_STACK" { stack = "-" flags }
        END { ends() }' | while read -r line; do
        case $line in
            textrel\ *) in_code "${line#textrel }" ;;
            *) echo "$line" ;;
        esac
    done
}

modes=(static)
[ "$HOUSE_PIE" != yes ] || modes+=(pie)
for mode in "${modes[@]}"; do
    mapfile -t files < <(grep . "$HOUSE_BUILD/house/$mode-programs")
    note "${#files[@]} $mode programs"
    if [ ${#files[@]} -eq 0 ]; then
        fail "$mode programs were built"
    else
        nothing "$mode programs stand alone, with no page both written and run" "$(look $mode "${files[@]}")"
    fi
done

# The look itself can see, which is the same on every CPU: a program of each kind that is wrong.
[ "$HOUSE_CPU" = x86_64 ] || finish
cd "$house_temp" || exit 1
echo 'int main(void) { return 0; }' >plain.c
"$HOUSE_CC" plain.c -o hosted
"$HOUSE_CC" -nostdlib -static -Wl,-e,main -Wl,-z,execstack plain.c -o execstack 2>/dev/null
"$HOUSE_CC" -nostdlib -static -Wl,-e,main -Wl,-N plain.c -o omagic 2>/dev/null
wants() {
    if look static "$2" | grep -q "$3"; then pass "$1"; else fail "$1" "$(readelf -lW "$2")"; fi
}
if [ -f hosted ]; then
    wants "an interpreter would be seen" hosted PT_INTERP
    wants "a needed library would be seen" hosted DT_NEEDED
fi
wants "an executable stack would be seen" execstack "executable stack"
wants "a writable and executable segment would be seen" omagic "written and run"
finish
