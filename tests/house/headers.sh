#!/usr/bin/env bash
# Every header stands alone, in C11 and C++17, under gcc and clang, in both builds, with no warning,
# and asks for no header that a freestanding compiler does not bring.
. "$(dirname "$0")/house.sh"

cd "$HOUSE_SOURCE/include" || exit 1
mapfile -t headers < <(find . -name '*.h' | sed 's/^\.\///' | sort)
strict=(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Werror -fsyntax-only)

# compiler, language, standard
for how in "gcc c c11" "gcc c gnu17" "clang c c11" "g++ c++ c++17" "clang++ c++ c++17"; do
    read -r compiler language standard <<<"$how"
    if ! command -v "$compiler" >/dev/null; then
        skip "headers under $compiler" "there is no $compiler"
        continue
    fi
    for build in "" -DTHRUM_FREESTANDING=1; do
        faults=
        for header in "${headers[@]}"; do
            faults+=${faults:+$'\n'}$(echo "#include <$header>" |
                "$compiler" -x "$language" -std="$standard" "${strict[@]}" -I. $build - 2>&1 |
                grep -E 'error|warning' | sort -u | sed "s|^|$header: |")
        done
        faults=$(grep . <<<"$faults")
        nothing "each header alone: $compiler $standard ${build:-hosted}" "$faults"
        silent "what the headers are for: $compiler $standard ${build:-hosted}" \
            "$compiler" -x "$language" -std="$standard" "${strict[@]}" -I. ${build:+"$build"} \
            "$HOUSE_SOURCE/tests/house/uses.c"
        for time in "" -DTHRUM_C11_TIME_T=int64_t -DTHRUM_C11_TIME_T=int32_t; do
            silent "and <threads.h>: $compiler $standard ${build:-hosted} $time" \
                "$compiler" -x "$language" -std="$standard" "${strict[@]}" -Ithrum/c11 \
                ${build:+"$build"} ${time:+"$time"} "$HOUSE_SOURCE/tests/house/uses_c11.c"
        done
    done
done

# A libc of C23, whose <stdlib.h> has names of <threads.h> (7.24): before it and after it they are ours.
mkdir "$house_temp/c23" || exit 1
cat >"$house_temp/c23/stdlib.h" <<'END'
#ifndef C23_STDLIB_H
#define C23_STDLIB_H
#include_next <stdlib.h>
typedef struct { int its_own; } its_once_flag;
typedef its_once_flag once_flag;
#define ONCE_FLAG_INIT { 0 }
#ifdef __cplusplus
extern "C"
#endif
void call_once(once_flag *flag, void (*function)(void));
#endif
END
# Every standard that a compiler has, from C11 and C++11 on, or a sample of them; the system's compilers, and
# those of other versions that are there (the builds for the BSDs bring a newer clang).
c="c c11 c17 c2x gnu2x c23" cxx="c++ c++11 c++14 c++17 c++20 c++2b c++23 gnu++23"
hows=("gcc $c" "clang $c" "g++ $cxx" "clang++ $cxx")
# others NAME STANDARDS: NAME-12 and its like, unless it is what NAME itself stands for
others() {
    local path
    for path in /usr/bin/"$1"-[0-9]*; do
        [[ ${path##*-} =~ ^[0-9]+$ && $(readlink -f "$path") != "$(readlink -f "$(command -v "$1")")" ]] &&
            hows+=("${path##*/} $2")
    done
}
others gcc "$c"
others clang "$c"
others g++ "$cxx"
others clang++ "$cxx"
note "compilers: $(printf '%s\n' "${hows[@]}" | cut -d' ' -f1 | tr '\n' ' ')"
for how in "${hows[@]}"; do
    read -r compiler language standards <<<"$how"
    for standard in $standards; do
        chosen || continue
        if ! "$compiler" -x "$language" -std="$standard" -fsyntax-only - </dev/null 2>/dev/null; then
            skip "headers as $standard under $compiler" "there is no such compiler, or it has no such standard"
            continue
        fi
        for build in "" -DTHRUM_FREESTANDING=1; do
            silent "what the headers are for: $compiler $standard ${build:-hosted}" \
                "$compiler" -x "$language" -std="$standard" "${strict[@]}" -I. ${build:+"$build"} \
                "$HOUSE_SOURCE/tests/house/uses.c"
            for order in "" "-include stdlib.h" "-DUSES_STDLIB_LATE" "-isystem $house_temp/c23" \
                "-isystem $house_temp/c23 -include stdlib.h" "-isystem $house_temp/c23 -DUSES_STDLIB_LATE"; do
                # shellcheck disable=SC2086
                silent "and <threads.h>: $compiler $standard ${build:-hosted} ${order/$house_temp\//}" \
                    "$compiler" -x "$language" -std="$standard" "${strict[@]}" -Ithrum/c11 $order \
                    ${build:+"$build"} "$HOUSE_SOURCE/tests/house/uses_c11.c"
            done
        done
    done
done

# The standard wants <time.h> of <threads.h>, where there is one.
nothing "only freestanding headers are included" \
    "$(grep -nE '^ *# *include <' "${headers[@]}" |
        grep -vE '<(stdbool|stddef|stdint)\.h>|^thrum/c11/threads\.h:[0-9]+:#include <(time|stdlib)\.h>')"
nothing "no test of a system or CPU in a header" \
    "$(grep -nE '^ *# *(if|elif).*__(linux__|x86_64__|i386__|aarch64__|arm__|APPLE__|FreeBSD__)|_WIN32' "${headers[@]}")"
nothing "thrum.h brings every header" \
    "$(find thrum -maxdepth 1 -name '*.h' ! -name private.h | sort | while read -r header; do
        grep -qF "#include \"$header\"" thrum.h || echo "$header"
    done)"
finish
