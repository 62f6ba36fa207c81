# Sourced by the scripts beside it: TAP output, and the places CTest has told them.
# shellcheck shell=bash
set -u
: "${HOUSE_SOURCE:?}" "${HOUSE_BUILD:?}" "${HOUSE_CC:?}" "${HOUSE_CMAKE:?}" "${HOUSE_ARCHIVE:?}"

house_prefix=$HOUSE_BUILD/house/prefix # where house/install installs
house_temp=$(mktemp -d) || exit 1
trap 'rm -rf "$house_temp"' EXIT
trap 'exit 1' INT TERM

house_count=0
house_failed=0

house_row=0

echo "TAP version 13"

# chosen: whether the next of several is in the sample, one in $HOUSE_ONE_IN, which $HOUSE_SEED chooses
chosen() {
    house_row=$((house_row + 1))
    [ $(((house_row + HOUSE_SEED) % HOUSE_ONE_IN)) -eq 0 ]
}

# pass NAME; fail NAME [REASON LINES]; skip NAME REASON: one result each
pass() {
    house_count=$((house_count + 1))
    echo "ok $house_count - $1"
}

fail() {
    house_count=$((house_count + 1))
    house_failed=$((house_failed + 1))
    echo "not ok $house_count - $1"
    [ -z "${2:-}" ] || printf '%s\n' "$2" | head -n 40 | sed 's/^/# /'
}

skip() {
    house_count=$((house_count + 1))
    echo "ok $house_count - $1 # SKIP $2"
}

note() {
    printf '%s\n' "$*" | sed 's/^/# /'
}

# nothing NAME TEXT: TEXT, a list of faults, has to be empty
nothing() {
    if [ -z "$2" ]; then pass "$1"; else fail "$1" "$2"; fi
}

# runs NAME COMMAND…: the command has to succeed, silently or not
runs() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then pass "$name"; else fail "$name" "$* : status $?
$output"; fi
}

# silent NAME COMMAND…: the command has to succeed and say nothing
silent() {
    local name=$1 output status
    shift
    output=$("$@" 2>&1)
    status=$?
    if [ $status -eq 0 ] && [ -z "$output" ]; then
        pass "$name"
    else
        fail "$name" "$* : status $status
$output"
    fi
}

# The flags of an installed package file, as words in the array `flags`.
package_flags() {
    local text
    if ! text=$(PKG_CONFIG_PATH=$(dirname "$(find "$house_prefix" -name "$1.pc" | head -n 1)") \
        pkg-config --static --cflags --libs "$1"); then
        fail "pkg-config knows $1"
        finish
    fi
    # shellcheck disable=SC2034 # used by the scripts that source this
    read -r -a flags <<<"$text"
}

# warnings FLAG…: these warnings as errors where the build has them so (THRUM_WERROR, as in continuous
# integration); else none, because a compiler that is newer than this tree may well have more to say.
warnings() {
    if [ "${HOUSE_WERROR:-0}" = 1 ]; then echo "$* -Werror"; else echo -w; fi
}

finish() {
    echo "1..$house_count"
    [ "$house_failed" -eq 0 ] && [ "$house_count" -gt 0 ]
    exit
}
