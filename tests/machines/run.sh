#!/usr/bin/env bash
# Runs a suite on one machine of the table; prints TAP.
# run.sh SIMULATOR SUITE NAME
#
# The suite's own output is printed as it comes, and one more case: whether that output has the
# evidence that the program met the machine.
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
# The plan has one case more than the suite's own.
"${command[@]}" --scale="$(column 4)" "${tests[@]}" 2>&1 | tee "$output" |
    awk '/^1\.\.[0-9]+$/ { $0 = "1.." substr($0, 4) + 1 } { print; fflush() }'
status=${PIPESTATUS[0]}
if grep -q 'this machine can be simulated # SKIP' "$output"; then
    echo "ok 2 - $name # SKIP as above"
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
exit "$status"
