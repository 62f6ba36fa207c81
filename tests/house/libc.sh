#!/usr/bin/env bash
# A build folder that was made before there was a libc has the hosted library once there is one; and never
# where it is not wanted.
. "$(dirname "$0")/house.sh"
cd "$house_temp" || exit 1

# The compiler, which has no libc to link with while the file `without` is there.
cat >compiler <<END
#!/bin/sh
[ ! -e "$house_temp/without" ] || set -- "\$@" -nostdlib
exec "$HOUSE_CC" "\$@"
END
chmod +x compiler

# configure FOLDER OPTION…
configure() {
    local folder=$1
    shift
    "$HOUSE_CMAKE" -S "$HOUSE_SOURCE" -B "$folder" -G Ninja -DCMAKE_C_COMPILER="$house_temp/compiler" \
        -DTHRUM_TESTS=none -DTHRUM_EXAMPLES=OFF -DTHRUM_MAN=OFF "$@" >"$folder.said" 2>&1
}
# hosted FOLDER: whether the build has the hosted library
hosted() {
    grep -q 'libthrum\.a' "$1/build.ninja"
}

touch without
runs "the build is configured without a libc" configure late
hosted late && fail "it has no hosted library" || pass "it has no hosted library"
rm without
runs "it is configured again with one" configure late
runs "it has the hosted library now" hosted late

runs "a build that wants no hosted library" configure never -DTHRUM_HOSTED=OFF
runs "the same, configured again" configure never
hosted never && fail "it still has none" || pass "it still has none"
finish
