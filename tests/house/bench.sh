#!/usr/bin/env bash
# bench/run in brief: every subject builds and runs on every side, and prints a figure for each; and
# docs/performance.md names the same subjects.
. "$(dirname "$0")/house.sh"
cd "$HOUSE_SOURCE" || exit 1
export LC_ALL=C
out=$HOUSE_BUILD/house/bench

if ! bench/run --brief --markdown --build "$out" >"$house_temp/table" 2>"$house_temp/said"; then
    fail "bench/run --brief" "$(cat "$house_temp/said")"
    finish
fi
pass "bench/run --brief"
[ "${HOUSE_WERROR:-0}" != 1 ] ||
    nothing "its sources compile without a warning" "$(grep 'warning:' "$house_temp/said")"
runs "it says that its figures mean nothing" grep -q 'figures mean nothing' "$house_temp/said"

# The columns of a row: subject, two ratios, and the costs of thrum, glibc, musl, glibc's shared library.
sides=("thrum 5" "glibc 6" "shared 8")
if grep -q 'musl is left out' "$house_temp/said"; then
    skip "musl's side" "$(sed -n 's/^bench: musl is left out: //p' "$house_temp/said")"
else
    sides+=("musl 7")
fi

# subjects FILE: those of the table in it; of how many threads is not said, which brief makes fewer.
subjects() {
    awk -F ' *[|] *' '/^[|] subject/ { inside = 1; next }
        !/^[|]/ { inside = 0 }
        inside && $2 !~ /^---/ { print $2 }' "$1" | sed 's/^[0-9]* threads, 64/N threads, 64/'
}
subjects "$house_temp/table" >"$house_temp/printed"
subjects docs/performance.md >"$house_temp/documented"
if grep -q 'allows no tracing' "$house_temp/said"; then
    skip "bench/steps.c counts instructions" "the system allows no tracing"
    sed -i '/^instructions of/d' "$house_temp/documented"
else
    runs "bench/steps.c counts instructions" test "$(grep -c '^instructions of' "$house_temp/printed")" = 2
fi
nothing "the subjects are those of docs/performance.md" \
    "$(diff "$house_temp/documented" "$house_temp/printed")"

for side in "${sides[@]}"; do
    read -r name column <<<"$side"
    nothing "$name has a figure for each subject" "$(awk -F ' *[|] *' -v column="$column" '
        /^[|]/ && NR > 2 { rows++ }
        /^[|]/ && NR > 2 && $column !~ /^[0-9]+([.][0-9]+)?$/ { print $2 ": " $column }
        END { if (rows == 0) print "no row" }' "$house_temp/table")"
    for source in bench/*.c; do
        subject=$(basename "$source" .c)
        [ "$subject" = steps ] || [ -x "$out/programs/$subject-$name" ] || echo "$source"
    done >"$house_temp/missing"
    nothing "every source of bench/ is built for $name" "$(cat "$house_temp/missing")"
done

# Another library than this tree's, for a subject alone.
export THRUM_CFLAGS="-ffreestanding -ftls-model=local-exec -DTHRUM_FREESTANDING=1 -I$PWD/include"
export THRUM_LIBS=$HOUSE_ARCHIVE
rm -rf "$out/prefix"
runs "one subject, with another library" bench/run --brief --build "$out" lock
runs "this tree's own is not installed then" test ! -e "$out/prefix"

for wrong in "--rounds 0" "--rounds" "--rounds x" "--build" "nonsense"; do
    # shellcheck disable=SC2086 # words
    said=$(bench/run $wrong 2>&1)
    runs "bench/run $wrong: refused with its usage" test "$? $(grep -c 'bench/run \[' <<<"$said")" = "2 1"
done
finish
