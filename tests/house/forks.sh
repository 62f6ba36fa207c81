#!/usr/bin/env bash
# What the child of a fork, or a handler, may read while a thread changes it (src/os/fork_visible.h) is
# written by atomics only: in the sources of this build, and the check itself finds a plain store.
. "$(dirname "$0")/house.sh"

runs "stores that a fork may see are atomic" "$HOUSE_SOURCE/tools/lint-forks" "$HOUSE_BUILD"

# finds WHAT STATEMENT: a file with that store, as this build would compile it, is one fault
folder=$house_temp/build
mkdir -p "$folder" "$house_temp/source/src" "$house_temp/source/tools"
cp "$HOUSE_SOURCE/tools/lint-forks" "$HOUSE_SOURCE/tools/lint-forks.h" "$house_temp/source/tools"
cp -r "$HOUSE_SOURCE/src/." "$house_temp/source/src"
finds() {
    local file=$house_temp/source/src/plain.c output
    printf '#include "os/fork_visible.h"\nstatic struct s { struct s *THRUM_FORK_VISIBLE next;
    THRUM_FORK_VISIBLE unsigned word; } a, b;\nvoid change(void);\nvoid change(void)\n{\n    %s;\n    (void)a, (void)b;\n}\n' "$2" >"$file"
    printf '[{"directory": "%s", "file": "%s", "command": "%s -std=c11 -I%s -c %s -o x.o"}]\n' \
        "$folder" "$file" "$HOUSE_CC" "$house_temp/source/src" "$file" >"$folder/compile_commands.json"
    output=$("$house_temp/source/tools/lint-forks" "$folder" 2>&1)
    local status=$?
    if [ "$status" -eq "$3" ]; then pass "$1"; else fail "$1" "status $status
$output"; fi
}
finds "a plain store is found" 'a.next = &b' 1
finds "an increment is found" 'a.word++' 1
finds "a copy of a whole object is found" 'a = b' 1
finds "a store through a pointer is found" 'struct s **link = &a.next; *link = &b' 1
finds "an atomic store is none" '__atomic_store_n(&a.word, 1, __ATOMIC_RELAXED); THRUM_FORK_STORE(&a.next, &b)' 0
finds "an exchange is none" '(void)__atomic_exchange_n(&a.word, 1, __ATOMIC_RELAXED)' 0

finish
