#!/usr/bin/env bash
# The size of the smallest program with a thread (spawn, join), as the package file's flags make it.
. "$(dirname "$0")/house.sh"

limit=12288
cd "$house_temp" || exit 1
package_flags thrum-freestanding
for optimise in -Os -O2; do
    silent "$optimise: compiles" "$HOUSE_CC" $optimise -o smallest \
        "$HOUSE_SOURCE/tests/house/smallest.c" "${flags[@]}"
    runs "$optimise: runs" ./smallest
    runs "$optimise: strip" strip smallest
    size=$(stat -c %s smallest)
    if [ "$size" -le $limit ]; then
        pass "$optimise: $size bytes, at most $limit"
    else
        fail "$optimise: $size bytes, at most $limit" "$(size -A smallest)"
    fi
done

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
