#!/usr/bin/env bash
# `suite` is all tests and nothing else: each test of each program is in it once, and it runs by name.
# suite.sh SUITE SUITE-PIE
. "$(dirname "$0")/house.sh"

# The names a program lists, one a line.
names() {
    "$@" --list | grep -E '^[a-z0-9_]+$'
}

cd "$house_temp" || exit 1
while read -r file; do
    case $file in
        */tests/image/* | */tests/foreign_start/*) ;; # images of their own, not part of the suite
        */tests/*) names "$file" ;;
    esac
done <"$HOUSE_BUILD/house/static-programs" | sort >single
note "$(wc -l <single) tests"
[ -s single ] && pass "there are tests" || fail "there are tests"
nothing "no two tests have one name" "$(uniq -d single)"
names "$1" | sort >suite
names "$2" | sort >suite-pie
silent "suite holds every test" diff single suite
silent "suite-pie holds every test" diff single suite-pie

first=$(head -n 1 suite)
for suite in "$1" "$2"; do
    output=$(cd / && env -i "$suite" "$first" </dev/null 2>&1)
    status=$?
    kind=$(basename "$suite")
    [ $status -eq 0 ] && pass "$kind $first succeeds" || fail "$kind $first succeeds" "$output"
    if tail -n 1 <<<"$output" | grep -qE '^(# )?[0-9]+ passed, 0 failed, [0-9]+ skipped$'; then
        pass "$kind ends with its count"
    else
        fail "$kind ends with its count" "$output"
    fi
    if "$suite" no_such_test >/dev/null 2>&1; then
        fail "$kind refuses an unknown name"
    else
        pass "$kind refuses an unknown name"
    fi
done
finish
