#!/usr/bin/env bash
# The program in README.md, as a newcomer builds it against the installed library: with one line and
# pkg-config, as a CMake project, and with the library as a part of that project, without a libc and
# above it. It has to run and print what README.md says it prints.
. "$(dirname "$0")/house.sh"

readme=$HOUSE_SOURCE/README.md
mkdir "$house_temp/project" && cd "$house_temp/project" || exit 1

# block LANGUAGE: the first fenced block of that kind
block() {
    awk -v fence="\`\`\`$1" '$0 == fence && !done { inside = 1; next }
        inside && /^```/ { inside = 0; done = 1 } inside' "$readme"
}
block c >prog.c
block cmake >CMakeLists.txt
block text >expected
lines=$(grep -cvE '^ *$' prog.c)
note "$lines lines of program"
[ "$lines" -ge 10 ] && [ "$lines" -le 25 ] && pass "README.md has a program of about 20 lines" ||
    fail "README.md has a program of about 20 lines" "$lines"

# Thread numbers, addresses and sizes differ from run to run: digits are compared as one digit.
same_but_digits() {
    sed -E 's/0x[0-9a-f]+/0/g; s/[0-9]+/0/g; s/[ ]+/ /g' "$1"
}
check_run() { # NAME PROGRAM
    local output status
    output=$(env -i LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}" "$2" 2>&1)
    status=$?
    printf '%s\n' "$output" >output
    if [ $status -ne 0 ]; then
        fail "$1 runs" "status $status: $output"
    elif ! diff <(same_but_digits expected) <(same_but_digits output) >difference; then
        fail "$1 prints what README.md says" "$(cat difference)"
    else
        pass "$1 runs and prints what README.md says"
    fi
}

# The very line that README.md gives, with this compiler for cc and this prefix.
line=$(grep -E '^ *cc .*pkg-config.*thrum-freestanding\)' "$readme" | head -n 1 | sed 's/^ *//')
note "$line"
PKG_CONFIG_PATH=$(dirname "$(find "$house_prefix" -name thrum-freestanding.pc)")
export PKG_CONFIG_PATH
cc() { "$HOUSE_CC" $(warnings -Wall -Wextra) "$@"; }
if [ -z "$line" ]; then
    fail "README.md has a line to compile it"
elif output=$(eval "$line" 2>&1) && [ -z "$output" ]; then
    pass "README.md's line compiles it"
    check_run "the program of one line" ./prog
else
    fail "README.md's line compiles it" "$output"
fi
silent "thrum-freestanding-pie compiles it" cc prog.c -o prog-pie \
    $(pkg-config --cflags --libs thrum-freestanding-pie)
check_run "the static-PIE" ./prog-pie
if readelf -hW prog-pie | grep -q 'Type: *DYN'; then
    pass "the static-PIE is one"
else
    fail "the static-PIE is one"
fi
for options in -O0 -O3 "-O2 -fno-pie" "-Os -fstack-protector-all"; do
    # shellcheck disable=SC2086
    silent "compiles with $options" cc $options prog.c -o prog-options \
        $(pkg-config --cflags --libs thrum-freestanding)
    check_run "compiled with $options, it" ./prog-options
done

# The CMake project of README.md, and the same with the other targets.
build() { # TARGET
    local output
    sed "s/thrum::freestanding/$1/" CMakeLists.txt >"$house_temp/lists"
    mkdir "$house_temp/$1"
    cp prog.c "$house_temp/$1" && cp "$house_temp/lists" "$house_temp/$1/CMakeLists.txt"
    if output=$("$HOUSE_CMAKE" -S "$house_temp/$1" -B "$house_temp/$1/build" -G Ninja \
        -DCMAKE_C_COMPILER="$HOUSE_CC" -DCMAKE_PREFIX_PATH="$house_prefix" 2>&1 &&
        "$HOUSE_CMAKE" --build "$house_temp/$1/build" 2>&1); then
        pass "find_package(thrum) and $1 build it"
        check_run "$1" "$(find "$house_temp/$1/build" -maxdepth 1 -type f -name prog)"
    else
        fail "find_package(thrum) and $1 build it" "$output"
    fi
}
build thrum::freestanding
build thrum::freestanding_pie
build thrum::freestanding_small
build thrum::thrum
build thrum::thrum_static

# Above the libc, by pkg-config.
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
silent "thrum compiles it" cc prog.c -o prog-shared $(pkg-config --cflags --libs thrum)
check_run "the program with libthrum.so" ./prog-shared
silent "thrum compiles it, static" cc -static prog.c -o prog-static \
    $(pkg-config --static --cflags --libs thrum)
check_run "the static program above the libc" ./prog-static

# As a part of the program's own project.
part() { # NAME HOW TARGET
    local output folder="$house_temp/$1"
    mkdir "$folder" && cp prog.c "$folder"
    {
        printf '%s\n' "cmake_minimum_required(VERSION 3.25)" "project(prog LANGUAGES C)" "$2"
        echo "add_executable(prog prog.c)"
        echo "target_link_libraries(prog PRIVATE $3)"
    } >"$folder/CMakeLists.txt"
    if output=$("$HOUSE_CMAKE" -S "$folder" -B "$folder/build" -G Ninja -DCMAKE_C_COMPILER="$HOUSE_CC" 2>&1 &&
        "$HOUSE_CMAKE" --build "$folder/build" --target prog 2>&1); then
        pass "$1 builds it"
        check_run "$1" "$folder/build/prog"
    else
        fail "$1 builds it" "$output"
    fi
}
subdirectory="add_subdirectory($HOUSE_SOURCE thrum)"
part add_subdirectory-freestanding "$subdirectory" thrum::freestanding
part add_subdirectory-hosted "$subdirectory" thrum::thrum
part FetchContent "include(FetchContent)
FetchContent_Declare(thrum SOURCE_DIR $HOUSE_SOURCE)
FetchContent_MakeAvailable(thrum)" thrum::thrum_static
finish
