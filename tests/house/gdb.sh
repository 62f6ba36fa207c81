#!/usr/bin/env bash
# gdb/thrum.py on a program with three threads, in each build: who waits for what, and who holds it.
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
if ! command -v gdb >/dev/null; then
    skip "gdb" "gdb is not installed"
    finish
fi

# seen PATTERN NAME: a line of what gdb printed
seen() {
    if grep -qE -- "$1" printed; then pass "$build: $2"; else fail "$build: $2" "$(cat printed)"; fi
}

# How gdb comes by the script: by hand; or by itself, from where it was installed for the library.
by_hand=(-iex 'set auto-load no' -ex "source $HOUSE_SOURCE/gdb/thrum.py")
by_itself=(-iex "set auto-load scripts-directory $house_prefix/share/gdb/auto-load"
    -iex "set auto-load safe-path $house_prefix")

# debug COMMAND…: of the program, stopped where one waits for what another holds
debug() {
    local commands=() command
    for command in "$@"; do commands+=(-ex "$command"); done
    timeout 60 gdb -batch -nx "${finds[@]}" "${commands[@]}" >printed 2>&1 </dev/null
}

# The kernel's core of the program that is killed where it was looked at. (Those of gdb's gcore lack
# the stacks: gdb 13 gives a mapping up whose guard it cannot read.)
look_at_core() {
    if [ "$(cat /proc/sys/kernel/core_pattern)" != core ] || ! ulimit -c unlimited; then
        skip "$build: a core file tells the same" "the kernel gives core files to a program here"
        return
    fi
    rm -f core core.*
    debug "file $1" 'break look_here' run 'signal SIGABRT'
    debug "file $1" "core-file $(find . -name 'core*' | head -n 1)" 'info thrum-threads'
    seen '^ +[0-9]+ +'"$waiter"' +waits +the mutex at 0x[0-9a-f]+ <the_lock> +thread [0-9]+ "the holder"$' \
        "a core file tells the same"
}

# The waiter's name, whose bytes would forge lines.
waiter='"the \\"waiter\\"\\x0a\\x1b\\xff"'

# look BUILD PROGRAM
look() {
    build=$1
    debug 'set breakpoint pending off' "file $2" 'break look_here' run 'info thrum-threads' up \
        'print the_lock' 'print the_recursive_lock' 'print the_rwlock' 'print the_sem' \
        'print the_event' 'print held' 'print the_once' 'print the_group' 'print the_barrier' \
        'print the_cond' 'print the_key' 'print the_waiter' 'print/r the_lock' continue
    if grep -q "ptrace: Operation not permitted" printed; then
        skip "$build: info thrum-threads" "programs may not be traced here"
        return
    fi
    seen '^ *id +name +state +waits for +holder$' "info thrum-threads has a head"
    seen '^\* +[0-9]+ +"main" +runs$' "main runs, and is the selected one"
    seen '^ +[0-9]+ +"the holder" +waits +the event at 0x[0-9a-f]+ <the_event>$' "the holder waits"
    seen '^ +[0-9]+ +'"$waiter"' +waits +the mutex at 0x[0-9a-f]+ <the_lock> +thread [0-9]+ "the holder"$' \
        "the waiter waits for a lock that the holder holds"
    seen '= held by thread [0-9]+ "the holder", waited for$' "a mutex"
    seen '= held by thread [0-9]+ "the holder", depth 2$' "a recursive mutex"
    seen '= held by 1 to read, nobody waits$' "an rwlock"
    seen '= count 3$' "a semaphore"
    seen '= not set, waited for$' "an event"
    seen '= set$' "an event that is set"
    seen '= done$' "a once"
    seen '= count 5, nobody waits$' "a waitgroup"
    seen '= for 2, nobody waits$' "a barrier"
    seen '= nobody waits$' "a condition"
    seen '= key [0-9]+, 0x[0-9a-f]+ <[^>]*value[^>]*> in thread [0-9]+ "main"$' "a key"
    seen '= 0x[0-9a-f]+: thread [0-9]+ '"$waiter"', waits for the mutex at .*, held by thread [0-9]+ "the holder"$' \
        "a handle"
    seen '= \{private_word = [0-9]+\}$' "a raw mutex"
    seen 'exited normally' "the program goes on unharmed"
    look_at_core "$2"
}

source=$HOUSE_SOURCE/tests/house/debugged.c
finds=("${by_hand[@]}")
package_flags thrum-freestanding
silent "the static program compiles" "$HOUSE_CC" -g -o static "$source" "${flags[@]}"
look static ./static
package_flags thrum-freestanding-pie
silent "the static-PIE compiles" "$HOUSE_CC" -g -o pie "$source" "${flags[@]}"
look pie ./pie

library=$(find "$house_prefix" -name libthrum.a)
if [ -n "$library" ]; then
    package_flags thrum
    silent "the program above the libc compiles" \
        "$HOUSE_CC" -g -o archive "$source" -I"$house_prefix/include" "$library" -pthread
    look hosted ./archive
    finds=("${by_itself[@]}")
    silent "the program with libthrum.so compiles" "$HOUSE_CC" -g -o shared "$source" "${flags[@]}" \
        -Wl,-rpath,"$(dirname "$library")"
    look libthrum.so ./shared
fi
finish
