#!/usr/bin/env bash
# `suite` is all tests and nothing else: each test of each compiled file is in it once, it runs by name,
# and CTest runs each of them in exactly one of its tests.
# suite.sh SUITE SUITE-PIE
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
# The files that this build compiles for it, and the tests that they define.
grep -oE '"file": "[^"]*/tests/[^"]*"' "$HOUSE_BUILD/compile_commands.json" | cut -d'"' -f4 |
    grep -vE '/tests/(image|foreign_start|foreign|frame|support|house|kernels|machines|stepper)/' | sort -u |
    xargs sed -nE 's/^TEST(_ALONE)?\(([a-z0-9_]+),.*/\2/p' | sort -u >defined
note "$(wc -l <defined) tests"
[ -s defined ] && pass "there are tests" || fail "there are tests"
for suite in "$1" "$2"; do
    kind=$(basename "$suite")
    "$suite" --list | sort >listed
    nothing "$kind: no two tests have one name" "$(uniq -d listed)"
    silent "$kind holds every test" diff defined listed
done

# What CTest runs: the arguments after the program's own name, each quoted.
(cd "$HOUSE_BUILD" && "$HOUSE_CTEST" --show-only -V) | sed -nE 's/^[0-9]+: Test command: "?[^ "]*\/suite"?( |$)//p' >runs
[ -s runs ] && pass "CTest runs the suite" || fail "CTest runs the suite"
while read -r arguments; do
    eval "'$1' --list $arguments"
done < <(grep -vF '"main_stack_*"' runs) | sort >run # those again, with a large environment
nothing "CTest runs each test" "$(comm -23 defined <(sort -u run))"
nothing "CTest runs no test twice" "$(uniq -d run)"

first=$(head -n 1 defined)
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
    for wrong in no_such_test --except=no_such_test --area=no_such_area --no-such-option; do
        if "$suite" $wrong >/dev/null 2>&1; then
            fail "$kind refuses $wrong"
        else
            pass "$kind refuses $wrong"
        fi
    done
done

# Only the first of these that a process runs meets the first spawn.
grep -rhoE "^TEST_ALONE\([a-z0-9_]+, [0-9]+, TEST_SPAWNS_FIRST" "$HOUSE_SOURCE"/tests/*/*.c |
    sed -E 's/.*\(([a-z0-9_]+),.*/\1/' | sort | comm -12 - defined >alone
[ -s alone ] && pass "some tests meet the first spawn" || fail "some tests meet the first spawn"
while read -r name; do
    runs "$name alone" "$1" "$name"
done <alone
finish
