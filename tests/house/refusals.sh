#!/usr/bin/env bash
# The table of refusals in docs/proof.md is what the tests say.
. "$(dirname "$0")/house.sh"

suite=$1
start=$2

# Where the CPU sets the thread pointer by an instruction there is no such call.
rows() {
    grep -o '| .* | `[a-z_0-9]*`.*|$' | grep -v '`arch_prctl`' | sort -u
}

# What is only met after another refusal may be met alone on an older kernel.
plain() {
    sed 's/, after another refusal |/ |/' | sort -u
}

{ "$suite" --scale=5 'refusals_*' && "$start" --scale=5; } >"$house_temp/printed" 2>&1
nothing "what was promised comes of each refusal" "$(grep -B 20 '^not ok' "$house_temp/printed")"
if ! grep -q '^# | ' "$house_temp/printed"; then
    skip "the table in docs/proof.md" "no call can be refused here"
    finish
fi
rows <"$house_temp/printed" >"$house_temp/rows"
sed -n '/^| scenario | call |/,/^$/p' "$HOUSE_SOURCE/docs/proof.md" | rows >"$house_temp/told"
nothing "each row that the tests print is in docs/proof.md" \
    "$(comm -23 <(plain <"$house_temp/rows") <(plain <"$house_temp/told"))"
nothing "each row of docs/proof.md is printed by the tests" \
    "$(comm -13 <(plain <"$house_temp/rows") <(grep -v 'after another refusal' "$house_temp/told" | plain))"
finish
