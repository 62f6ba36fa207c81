#!/usr/bin/env bash
# A program that is started with its error output closed: no file of its own gets that number.
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
package_flags thrum-freestanding
silent "compiles" "$HOUSE_CC" -O2 -o closed "$HOUSE_SOURCE/tests/house/closed.c" "${flags[@]}"
# started NAME REDIRECTIONS: ends by SIGABRT, and leaves its file as it was
started() {
    echo "its own" >file
    eval "(ulimit -c 0; exec ./closed file $2)" >/dev/null
    local status=$?
    if [ $status -eq 134 ] && [ "$(cat file)" = "its own" ]; then
        pass "$1"
    else
        fail "$1" "status $status, the file: $(cat file)"
    fi
} 2>/dev/null
started "with all of them" "2>/dev/null"
started "without the error output" "2>&-"
started "without any" "<&- >&- 2>&-"
started "without input and error output" "<&- 2>&-"
started "without input" "<&- 2>/dev/null"
finish
