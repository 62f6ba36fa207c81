#!/usr/bin/env bash
# Linkers that somebody chooses, and options that cannot be: what the build makes of them.
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
printf 'one two\ntwo\n' >text
configure() { # LINKER FLAGS
    rm -rf build
    "$HOUSE_CMAKE" -S "$HOUSE_SOURCE" -B build -G Ninja -DTHRUM_COMPILER=gcc -DTHRUM_CPU="$HOUSE_CPU" \
        -DCMAKE_TOOLCHAIN_FILE="$HOUSE_SOURCE/cmake/toolchains/linux.cmake" -DTHRUM_HOSTED=OFF -DTHRUM_TESTS=none \
        -DTHRUM_MAN=OFF -DCMAKE_EXE_LINKER_FLAGS="$1"
}
for linker in gold lld; do
    if ! command -v "ld.$linker" >/dev/null; then
        skip "$linker links" "there is no $linker"
        continue
    fi
    runs "$linker: configures" configure -fuse-ld=$linker
    runs "$linker: links" "$HOUSE_CMAKE" --build build --target wordcount
    runs "$linker: runs" build/examples/wordcount text
done
for option in -Wl,-N -Wl,-n "-Xlinker --omagic" -Wl,-z,noexecstack,--nmagic; do
    output=$(configure "$option" 2>&1)
    if grep -q "headers, and -N and" <<<"$(tr -s '\n ' '  ' <<<"$output")"; then
        pass "$option is refused, and why"
    else
        fail "$option is refused, and why" "$output"
    fi
done
finish
