#!/usr/bin/env bash
# Runs a suite on one machine of the table; prints TAP.
# run.sh SIMULATOR SUITE NAME [BUILD [ARGUMENT...]]
#
# The suite's own output is printed as it comes, and one more case: whether that output has the
# evidence that the program met the machine. With arguments (a test's name, --seed=N) the suite gets
# those instead of the machine's tests, and there is no more case.
set -u
simulator=$1 suite=$2 name=$3
table=$(dirname "$0")/table

# column N: of the machine's line
column() {
    awk -F ' *[|] *' -v n="$1" -v name="$name" '!/^#/ && $1 == name { print $n }' "$table"
}

if [ -z "$(column 1)" ]; then
    echo "Bail out! no machine is named $name"
    exit 1
fi
read -r -a simulated < <(column 3)
read -r -a tests < <(column 5)
evidence=$(column 6)

# Above a libc some tests are left out (tests/hosted.cmake).
if [ "${4:-}" = hosted ]; then
    kept=()
    for pattern in "${tests[@]}"; do
        "$suite" --list "$pattern" | grep -q '^Bail out' || kept+=("$pattern")
    done
    tests=("${kept[@]}")
fi

case ${simulated[0]} in
--*) command=("$simulator" "${simulated[@]}" -- "$suite") ;;
*) command=("${simulated[@]}" "$suite") ;;
esac
if ! [ -x "${command[0]}" ] && ! command -v "${command[0]}" >/dev/null; then
    printf 'TAP version 13\n1..1\nok 1 - %s # SKIP there is no %s here\n' "$name" "${command[0]}"
    exit 0
fi

output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT
if [ $# -gt 4 ]; then
    "${command[@]}" --scale="$(column 4)" "${@:5}"
    exit
fi
# The plan has one case more than the suite's own, so it comes at the end.
"${command[@]}" --scale="$(column 4)" "${tests[@]}" 2>&1 | tee "$output" | sed -u '/^1\.\.[0-9]*$/d'
status=${PIPESTATUS[0]}
if grep -q 'this machine can be simulated # SKIP' "$output"; then
    echo "1..1"
    exit "$status"
fi
number=$(($(sed -nE 's/^1\.\.([0-9]+)$/\1/p' "$output" | head -n 1) + 1))
if grep -qE -- "$evidence" "$output"; then
    echo "ok $number - the program met the machine $name"
else
    echo "not ok $number - the program met the machine $name"
    echo "# nothing it printed matches $evidence"
    status=1
fi
echo "1..$number"
exit "$status"
