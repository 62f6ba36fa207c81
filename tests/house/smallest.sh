#!/usr/bin/env bash
# The size of the smallest program with a thread (spawn, join), as the package files' flags make it: code and
# constants apart, and with the flags for small programs.
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
# small PACKAGE LIMIT SEGMENTS: of the program's file, and how many segments of it are not written to
small() {
    local package=$1 limit=$2 segments=$3 optimise size count
    package_flags "$package"
    for optimise in -Os -O2; do
        # shellcheck disable=SC2086 # one word or none
        silent "$package $optimise: compiles" "$HOUSE_CC" $optimise $HOUSE_CONTROL_FLOW -o smallest \
            "$HOUSE_SOURCE/tests/house/smallest.c" "${flags[@]}"
        runs "$package $optimise: runs" ./smallest
        runs "$package $optimise: strip" strip smallest
        size=$(stat -c %s smallest)
        if [ "$size" -le "$limit" ]; then
            pass "$package $optimise: $size bytes, at most $limit"
        else
            fail "$package $optimise: $size bytes, at most $limit" "$(size -A smallest)"
        fi
    done
    count=$(readelf -lW smallest | awk '$1 == "LOAD" && !/ RW / { count++ } END { print count }')
    [ "$count" = "$segments" ] && pass "$package: $segments segments of code and constants" ||
        fail "$package: $segments segments of code and constants" "$(readelf -lW smallest)"
}
small thrum-freestanding 20480 3 # headers, code, constants
small thrum-freestanding-small 12288 1

# Who does not ask for a diagnosis does not pay for one.
"$HOUSE_CC" -Os -o smallest "$HOUSE_SOURCE/tests/house/smallest.c" "${flags[@]}"
for name in thrum_dump thrum_catch_overflow thrum_mutex_lock thrum_cond_wait; do
    if nm smallest | grep -qE " $name\$"; then
        fail "$name is not linked where it is not called"
    else
        pass "$name is not linked where it is not called"
    fi
done
finish
