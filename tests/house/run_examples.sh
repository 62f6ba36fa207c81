#!/usr/bin/env bash
# run_examples.sh FOLDER [RUNNER…]: the examples of a build for another machine, started by an emulator
# or another runner, on this tree's own files. examples.sh looks closer, on the machine itself.
. "$(dirname "$0")/house.sh"
cd "$HOUSE_SOURCE" || exit 1
export LC_ALL=C
ulimit -c 0
examples=$1
shift
runner=("$@")

example() {
    local name=$1
    shift
    # by a shell of its own, whose word on an abort goes elsewhere
    sh -c '"$@" 2>&3; exit $?' sh "${runner[@]}" "$examples/$name" "$@" 3>"$house_temp/said" 2>/dev/null
}

# The same name may have an ending that the runner wants.
for ending in "" .exe .wasm; do
    [ ! -f "$examples/tls$ending" ] || break
done

# ASCII alone: what is a letter beyond it, tr does not know.
mapfile -t files < <(grep -L -P '[^\x00-\x7f]' README.md docs/*.md src/*/*.c include/thrum/*.h)
cat "${files[@]}" | tr 'A-Z' 'a-z' | tr -cs 'a-z0-9' '\n' | sort | uniq -c |
    awk '$2 != "" { print $1, $2 }' | sort -k1,1nr -k2,2 >"$house_temp/expected"
for threads in 1 3; do
    example "wordcount$ending" -o -n 1000000 -j $threads "${files[@]}" |
        tr -d '\r' | awk '{ print $1, $2 }' >"$house_temp/found"
    nothing "wordcount with $threads threads counts as sort and uniq do" \
        "$(cat "$house_temp/said"; diff "$house_temp/expected" "$house_temp/found" | head -n 5)"
done
bytes=$(cat "${files[@]}" | wc -c)
found=$(example "wordcount$ending" -j 2 "${files[@]}" | awk '$1 == "all" { print $4 }')
runs "wordcount tells of $bytes bytes" test "$found" = "$bytes"
example "wordcount$ending" -o no-such-file >/dev/null
runs "wordcount names a file that is not there" test "$? $(grep -c no-such-file "$house_temp/said")" = "1 1"

found=$(example "tls$ending" 5)
runs "tls: every thread saw its own" grep -q '^every thread saw its own' <<<"$found"

for case in $(example "die$ending" -l | tr -d '\r'); do
    if [ "$case" = stack-smash ] && [ "${HOUSE_PROTECTOR-1}" != 1 ]; then
        skip "die $case" "this CPU's compiler has no stack protector"
        continue
    fi
    example "die$ending" "$case" >/dev/null
    status=$?
    found=$(grep -c '^thrum: ' "$house_temp/said")
    if [ $status -eq 2 ] && grep -q 'not on this system' "$house_temp/said"; then
        skip "die $case" "$(tail -n 1 "$house_temp/said")"
    elif [ $status -ne 0 ] && [ "$found" -eq 1 ]; then
        pass "die $case: one line, then the end"
    else
        fail "die $case: one line, then the end" "status $status: $(cat "$house_temp/said")"
    fi
done
finish
