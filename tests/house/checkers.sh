#!/usr/bin/env bash
# Checkers catch what they are for: with a data race on purpose ThreadSanitizer complains, and it does
# not where any of thrum's objects orders the same accesses; the other checkers likewise.
. "$(dirname "$0")/house.sh"
: "${HOUSE_SANITIZE?}" "${HOUSE_VALGRIND?}"

cd "$house_temp" || exit 1
cp "$HOUSE_SOURCE/tests/house/ordered.c" prog.c
flags=(-g -O1 -pthread -I "$HOUSE_SOURCE/include")
[ -z "$HOUSE_SANITIZE" ] || flags+=(-fsanitize="$HOUSE_SANITIZE" -fno-sanitize-recover=all)
runs "the program builds" "$HOUSE_CC" -std=c11 "${flags[@]}" prog.c "$HOUSE_ARCHIVE" -o prog

# complains NAME PATTERN COMMAND…: it has to fail and to say why
complains() {
    local name=$1 pattern=$2 output status
    shift 2
    output=$("$@" 2>&1)
    status=$?
    if [ $status -ne 0 ] && grep -q "$pattern" <<<"$output"; then
        pass "$name"
    else
        fail "$name" "$* : status $status
$output"
    fi
}

ordered=(mutex rwlock cond sem event once waitgroup barrier join)
case $HOUSE_SANITIZE in
*address*)
    complains "a write beyond is found" heap-buffer-overflow ./prog address
    complains "undefined behaviour is found" "signed integer overflow" ./prog undefined
    ;;
thread)
    complains "a race is found" "data race" ./prog nothing
    ;;
esac
for tool in $HOUSE_VALGRIND; do
    command=(valgrind -q --tool="$tool" --error-exitcode=99
        --suppressions="$HOUSE_SOURCE/tests/valgrind.supp")
    complains "$tool finds a write beyond" "Invalid write" "${command[@]}" ./prog address
    for object in "${ordered[@]}"; do
        silent "$tool finds nothing by $object" "${command[@]}" ./prog "$object"
    done
done
[ -z "$HOUSE_SANITIZE" ] || for object in "${ordered[@]}"; do
    silent "nothing is found where all is ordered by $object" ./prog "$object"
done
finish
