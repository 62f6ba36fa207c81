#!/usr/bin/env bash
# The manual pages: mdoc without a complaint, all that the headers declare and as they declare it, and
# examples that compile, link with no libc, run, and say nothing.
. "$(dirname "$0")/house.sh"

cd "$HOUSE_SOURCE/man" || exit 1
pages=(*.3 *.7)
headers=$HOUSE_SOURCE/include

# section PAGE TITLE: the lines of one section
section() {
    awk -v title=".Sh $2" '/^\.Sh / { inside = $0 == title; next } inside' "$1"
}

names() {
    section "$1" NAME | sed -nE 's/^\.Nm ([A-Za-z_]+).*/\1/p'
}

# Spaces are where they matter alone.
squeeze() {
    sed -E 's/ *([*(),]) */\1/g; s/ +/ /g; s/^ //; s/ $//'
}

# prototypes PAGE: the functions of a SYNOPSIS, "name prototype" a line
prototypes() {
    section "$1" SYNOPSIS | awk '
        function add(word) { gsub(/"/, "", word); args = args (args == "" ? "" : ",") word }
        function show() { print name " " type " " name "(" args ")" }
        /^\.Ft / { type = substr($0, 5); gsub(/"/, "", type) }
        /^\.Fo / { name = $2; args = "" }
        /^\.Fa / { add(substr($0, 5)) }
        /^\.Fc/ { show() }
        /^\.Fn / {
            name = $2
            args = ""
            rest = substr($0, 5 + length(name))
            while (match(rest, /"[^"]*"|[^ "]+/)) {
                add(substr(rest, RSTART, RLENGTH))
                rest = substr(rest, RSTART + RLENGTH)
            }
            show()
        }' | grep '^thrum_' | squeeze
}

# The headers without comments, continued lines in one.
cat "$headers/thrum.h" "$headers"/thrum/*.h | awk '
    { text = text $0 "\n" }
    END {
        while ((at = index(text, "/*")) > 0) {
            rest = substr(text, at + 2)
            text = substr(text, 1, at - 1) substr(rest, index(rest, "*/") + 2)
        }
        gsub(/\\\n/, "", text)
        printf "%s", text
    }' >"$house_temp/headers"
# "name prototype" a line
grep -v '^ *#' "$house_temp/headers" | tr '\n' ' ' | tr ';' '\n' | sed -n 's/.*THRUM_PRIVATE_API //p' |
    sed 's/THRUM_PRIVATE_MUST_CHECK //; s/THRUM_PRIVATE_NORETURN/_Noreturn/' | squeeze |
    sed -nE '/\(/s/^([^(]*[ *])(thrum_[a-z0-9_]+)(\(.*)$/\2 \1\2\3/p' | grep -v '^thrum_private_' |
    sort -u >"$house_temp/declared"
# What looks like a public function, inline ones too: the list above must have them all.
grep -v '^ *#' "$house_temp/headers" | grep -oE '\bthrum_[a-z0-9_]+\(' | tr -d '(' |
    grep -v '^thrum_private_' | sort -u >"$house_temp/functions"
note "${#pages[@]} pages, $(wc -l <"$house_temp/functions") functions"
[ "$(wc -l <"$house_temp/functions")" -ge 60 ] && pass "the headers' functions are found" ||
    fail "the headers' functions are found"
nothing "every public function is declared for languages that read no inline functions" \
    "$(cut -d' ' -f1 "$house_temp/declared" | comm -23 "$house_temp/functions" -)"

for page in "${pages[@]}"; do
    names "$page" | sed "s/\$/ $page/"
done | sort >"$house_temp/names"
nothing "no name is on two pages, or twice on one" "$(cut -d' ' -f1 "$house_temp/names" | uniq -d)"
nothing "every public function has a page" \
    "$(cut -d' ' -f1 "$house_temp/names" | comm -23 "$house_temp/functions" -)"

# Macros (not those that keep a header from being read twice), constants, types.
{
    sed -nE 's/^# *define (THRUM_[A-Z_]+).*/\1/p' "$house_temp/headers" | grep -v '_H$'
    grep -oE '^ +THRUM_[A-Z_]+( = 0)?,? *$' "$house_temp/headers" | grep -oE 'THRUM_[A-Z_]+'
    sed -nE 's/^(\}|typedef .*) (thrum_[a-z_]+);$/\2/p' "$house_temp/headers"
} | grep -vi '^thrum_private_' | sort -u >"$house_temp/others"
note "$(wc -l <"$house_temp/others") macros, constants and types"
for page in "${pages[@]}"; do
    names "$page"
    section "$page" SYNOPSIS
    # of an enumeration each constant has its own item
    section "$page" DESCRIPTION | grep '^\.It Dv '
done | grep -oE '\w+' | sort -u >"$house_temp/shown"
nothing "every public macro, constant and type is on a page" \
    "$(comm -23 "$house_temp/others" "$house_temp/shown")"
nothing "every constant has the headers' value" "$(
    for page in "${pages[@]}"; do
        section "$page" SYNOPSIS | sed -nE 's/^\.Fd "(#define THRUM_[A-Z_]+ .*)"$/\1/p'
    done | while read -r line; do
        squeeze <"$house_temp/headers" | grep -qxF "$line" || echo "$line"
    done)"

nothing "no page names what is not there" "$(
    grep -hv '^\.Dt ' "${pages[@]}" | grep -oE '\b(thrum_[a-z0-9_]*[a-z0-9]|THRUM_[A-Z_]*[A-Z])\b' |
        sort -u | grep -vE '^(THRUM|thrum)_(PRIVATE|private)$' |
        comm -23 - <(cat "$house_temp/functions" "$house_temp/others" <(cut -d' ' -f1 "$house_temp/names") |
            sort -u))"

# Links: to pages of ours, and to each from the overview.
nothing "every reference names a page" "$(
    grep -hE '^\.(Xr|Pq Xr)' "${pages[@]}" | sed -E 's/^\.(Pq )?Xr ([A-Za-z_]+) ([0-9]).*/\2 \3/' | sort -u |
        while read -r name number; do
            grep -qE "^$name .*\.$number\$" "$house_temp/names" || echo "$name($number)"
        done)"
nothing "the overview lists every page" "$(
    for page in *.3; do
        section thrum.7 DESCRIPTION | sed -n '/^\.Ss Pages by subject/,/^\.El/p' |
            grep -qE "^\.Xr ${page%.3} 3( ,)?\$" || echo "$page"
    done)"

for page in "${pages[@]}"; do
    if command -v mandoc >/dev/null; then
        # It looks for the references in the system's folders; ours are looked for above.
        nothing "lint $page" \
            "$(mandoc -Tlint -Wall "$page" 2>&1 | grep -v 'STYLE: referenced manual not found: Xr')"
    else
        skip "lint $page" "there is no mandoc"
    fi
done

for page in *.3; do
    prototypes "$page" | sort >"$house_temp/shown"
    faults=$(comm -23 "$house_temp/shown" "$house_temp/declared" | sed 's/[^ ]* /not in a header: /')
    faults+=$(diff <(cut -d' ' -f1 "$house_temp/shown") <(names "$page" | sort | comm -12 - "$house_temp/functions"))
    [ "$(names "$page" | head -n 1).3" = "$page" ] || faults+="its first name is not its own"
    if [ -s "$house_temp/shown" ]; then
        for part in '.Ss Blocking' '.Ss Signal handlers' '.Sh RETURN VALUES'; do
            grep -qxF "$part" "$page" || faults+=" $part is missing"
        done
    fi
    nothing "$page: names and prototypes" "$faults"
done

# example PAGE: the program under EXAMPLES
example() {
    section "$1" EXAMPLES | awk '/^\.Bd -literal/ { inside = 1; next } /^\.Ed/ { inside = 0 } inside' |
        sed -e 's/^\\&//' -e 's/\\e/\\/g'
}
# run_example PAGE BUILD: with the compiler's `flags` for that build
run_example() {
    local program="$house_temp/${1%.3}" output
    example "$1" >"$program.c"
    if [ "$(section "$1" EXAMPLES | grep -c '^\.Bd -literal')" -ne 1 ]; then
        fail "$1: one example"
    elif grep -qE 'x86[-_]64' <(section "$1" EXAMPLES) && [ "$HOUSE_CPU" != x86_64 ]; then
        skip "$1: the example runs, $2" "it is for x86-64"
    elif ! output=$("$HOUSE_CC" -std=gnu11 $(warnings -Wall -Wextra -Wshadow) "$program.c" -o "$program" \
        "${flags[@]}" 2>&1); then
        fail "$1: the example compiles, $2" "$output"
    else
        silent "$1: the example runs and is silent, $2" timeout 60 env -i "$program"
    fi
}
package_flags thrum-freestanding
for page in *.3; do
    run_example "$page" freestanding
done
if [ -n "$(find "$house_prefix" -name thrum.pc)" ]; then
    package_flags thrum
    flags+=(-static)
    for page in *.3; do
        case $page in # there the libc starts the program, and forks
        thrum_init.3 | thrum_after_fork.3) ;;
        *) run_example "$page" hosted ;;
        esac
    done
fi
finish
