#!/usr/bin/env bash
# Link-time optimisation that somebody asks for from outside, each in its way: the library and the examples,
# whose functions have canaries, are built so, and run. Also where nothing that is not optimised has a canary
# of its own, for which the linker would have kept the canary's end anyhow. A sample of the ways.
. "$(dirname "$0")/house.sh"
[ "$HOUSE_ONE_IN" -le 5 ] || HOUSE_ONE_IN=5 # there are five

cd "$house_temp" || exit 1
commands() { (cd build && ninja -t commands "$1"); }
without_canaries() {
    commands thrum_archive | grep -e ' -fno-lto ' | sed 's/$/ -fno-stack-protector/'
    commands thrum_archive | tail -n 1
    commands examples/wordcount | tail -n 1
}
printf 'one two\ntwo\n' >text
# with COMPILER NAME ARGUMENT…: of CMake
with() {
    chosen || return 0
    local compiler=$1 name=$1:\ $2
    shift 2
    if ! command -v "$compiler" >/dev/null; then
        skip "$name" "there is no $compiler"
        return
    fi
    rm -rf build
    runs "$name: configures" "$HOUSE_CMAKE" -S "$HOUSE_SOURCE" -B build -G Ninja -DTHRUM_COMPILER="$compiler" \
        -DTHRUM_CPU="$HOUSE_CPU" -DCMAKE_TOOLCHAIN_FILE="$HOUSE_SOURCE/cmake/toolchains/linux.cmake" \
        -DTHRUM_HOSTED=OFF -DTHRUM_TESTS=none -DTHRUM_MAN=OFF "$@"
    runs "$name: links" "$HOUSE_CMAKE" --build build --target wordcount tls
    runs "$name: runs" build/examples/wordcount text
    if nm build/examples/wordcount | grep -q ' T __stack_chk_fail$'; then
        pass "$name: has the canary's end"
    else
        fail "$name: has the canary's end"
    fi
    without_canaries >again
    runs "$name: links where only what is optimised has canaries" bash -ec 'cd build; . ../again'
    runs "$name: and runs" build/examples/wordcount text
}
for compiler in gcc clang; do
    with $compiler "CMAKE_INTERPROCEDURAL_OPTIMIZATION" -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON
    with $compiler "CMAKE_C_FLAGS=-flto" -DCMAKE_C_FLAGS=-flto
done
with gcc "fat objects" "-DCMAKE_C_FLAGS=-flto -ffat-lto-objects"
finish
