#!/usr/bin/env bash
# Rules of the library's own sources that no compiler knows.
. "$(dirname "$0")/house.sh"

# Lines for the error output of a program that ends go by thrum_os_write_error: after thrum_os_write to a
# pipe without a reader SIGPIPE ends the program.
writes_to_2() { # FOLDER: calls of thrum_os_write for descriptor 2, but those of thrum_os_write_error itself
    find "$1" -name '*.[ch]' -exec awk '
        /^}/ { own = 0 }
        /^void thrum_os_write_error\(/ { own = 1 }
        /thrum_os_write\((2|STDERR_FILENO),/ && !own { print FILENAME ":" FNR ": " $0 }' {} +
}
nothing "fatal lines are written by thrum_os_write_error" "$(writes_to_2 "$HOUSE_SOURCE/src")"
mkdir "$house_temp/src"
printf 'void thrum_os_write_error(int a)\n{\n    thrum_os_write(2, a);\n}\nvoid f(int a)\n{\n    thrum_os_write(2, a);\n}\n' \
    >"$house_temp/src/a.c"
found=$(writes_to_2 "$house_temp/src")
[ "$found" = "$house_temp/src/a.c:7:     thrum_os_write(2, a);" ] && pass "one that is not is found" ||
    fail "one that is not is found" "$found"
finish
