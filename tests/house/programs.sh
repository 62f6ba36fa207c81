#!/usr/bin/env bash
# What every static and static-PIE program of this build is: alone, and with no memory that can be
# both written and run.
. "$(dirname "$0")/house.sh"

look() { # FILE static|pie: faults, one a line
    local file=$1 mode=$2 segments dynamic type
    # SPARC's ABI has its procedure linkage table patched where it stands.
    case $HOUSE_CPU$file in sparc*/ifunc) return ;; esac
    [ -f "$file" ] || { echo "$file: not there"; return; }
    segments=$(readelf -lW "$file") || { echo "$file: readelf"; return; }
    dynamic=$(readelf -dW "$file")
    type=$(readelf -hW "$file" | awk '$1 == "Type:" { print $2 }')
    grep -q ' INTERP ' <<<"$segments" && echo "$file: PT_INTERP"
    grep -q '(NEEDED)' <<<"$dynamic" && echo "$file: DT_NEEDED"
    # The flag alone says little: riscv's linker counts relocations in code that it does not make.
    if grep -q 'TEXTREL' <<<"$dynamic"; then
        readelf -rW "$file" | awk '/R_/ && !/_NONE/ { print substr("0000000000000000" $1, 1 + length($1)) }' |
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
                    END { exit !found }' <<<"$segments" && echo "$file: relocation in code at $at"
            done | head -n 1
    fi
    # the flags are between the sizes and the alignment
    awk '$1 == "LOAD" { flags = ""; for (i = 7; i < NF; i++) flags = flags $i
        if (flags ~ /W/ && flags ~ /E/) exit 1 }' <<<"$segments" ||
        echo "$file: a segment that is written and run"
    awk '$1 == "GNU_STACK" { for (i = 7; i < NF; i++) flags = flags $i; seen = 1 }
        END { exit !seen || flags ~ /E/ }' <<<"$segments" || echo "$file: executable stack"
    case $mode in
        static)
            [ "$type" = EXEC ] || echo "$file: type $type, not EXEC"
            grep -q ' DYNAMIC ' <<<"$segments" && echo "$file: PT_DYNAMIC"
            ;;
        pie) [ "$type" = DYN ] || echo "$file: type $type, not DYN" ;;
    esac
}

modes=(static)
[ "$HOUSE_PIE" != yes ] || modes+=(pie)
for mode in "${modes[@]}"; do
    count=0
    faults=
    while read -r file; do
        [ -n "$file" ] || continue
        count=$((count + 1))
        faults+=${faults:+$'\n'}$(look "$file" $mode)
    done <"$HOUSE_BUILD/house/$mode-programs"
    note "$count $mode programs"
    if [ "$count" -eq 0 ]; then
        fail "$mode programs were built"
    else
        faults=$(grep . <<<"$faults")
        nothing "$mode programs stand alone, with no page both written and run" "$faults"
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
    if look "$2" static | grep -q "$3"; then pass "$1"; else fail "$1" "$(readelf -lW "$2")"; fi
}
if [ -f hosted ]; then
    wants "an interpreter would be seen" hosted PT_INTERP
    wants "a needed library would be seen" hosted DT_NEEDED
fi
wants "an executable stack would be seen" execstack "executable stack"
wants "a writable and executable segment would be seen" omagic "written and run"
finish
