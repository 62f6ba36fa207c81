#!/usr/bin/env bash
# What the CPU and the dynamic linker are told by what was built: hardening.sh FILE…, archives and shared
# libraries. HOUSE_CONTROL_FLOW is the compiler's option for the CPU's checks of calls and returns, empty
# where it has none. No CPU here has IBT or a shadow stack, so of those only notes and instructions are
# looked at.
. "$(dirname "$0")/house.sh"
: "${HOUSE_SYSTEM:?}" "${HOUSE_LIBC:?}"

cd "$house_temp" || exit 1

compile() {
    # shellcheck disable=SC2086 # several words
    $HOUSE_CC ${HOUSE_FLAGS:-} "$@"
}

# For awk: the value of a hexadecimal number.
number='function number(hex, value, i) {
    sub(/^0x/, "", hex)
    for (i = 1; i <= length(hex); i++) value = value * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
    return value
}'

# --- programs --------------------------------------------------------------------------------------

# constants_that_run FILE…: programs whose constants are in a segment that can be run
constants_that_run() {
    local file
    for file in "$@"; do
        readelf -lSW "$file" | sed 's/^ *\[ *[0-9]*\]//' | awk -v file="$file" "$number"'
            $1 == ".rodata" && $2 == "PROGBITS" { at = number($3); seen = 1 }
            $1 == "LOAD" { flags = ""; for (i = 7; i < NF; i++) flags = flags $i
                low = number($3); if (seen && flags ~ /E/ && at >= low && at < low + number($6)) print file }'
    done
}
mapfile -t programs < <(cat "$HOUSE_BUILD"/house/{static,pie}-programs 2>/dev/null | grep .)
if [[ $1 == *freestanding* ]]; then
    note "${#programs[@]} programs"
    echo 'extern const char text[]; const char text[] = "constant"; void _start(void) { }' >apart.c
    compile -ffreestanding apart.c -nostdlib -static -Wl,-z,separate-code -o apart 2>/dev/null
    if [ -n "$(constants_that_run apart)" ]; then
        skip "no program's constants can be run" "this CPU's linker puts them with the code"
    else
        nothing "no program's constants can be run" "$(constants_that_run "${programs[@]}")"
    fi
    compile -O2 -ffreestanding -DTHRUM_FREESTANDING=1 -I "$HOUSE_SOURCE/include" \
        "$HOUSE_SOURCE/tests/house/smallest.c" -nostdlib -static $HOUSE_SMALL "$1" ${HOUSE_LIBRARIES:-} -o small
    [ -n "$(constants_that_run small)" ] && pass "in a small one they can, and it would be seen" ||
        fail "in a small one they can, and it would be seen" "$(readelf -lSW small)"
fi

# --- pointers that start-up settles ----------------------------------------------------------------

# unsettled FILE: pointers to functions that stay as they are, at a place that is written to later
unsettled() {
    {
        readelf -lW "$1"
        readelf -sW "$1"
    } | awk "$number"'
        $1 == "GNU_RELRO" { low = number($3); high = low + number($6) }
        $4 == "OBJECT" && $8 == "settled" { seen++; at = number($2); if (at < low || at >= high) print $8 }
        END { if (!seen) print "no pointer was found" }'
}
if [[ $1 == *freestanding* ]] && [ "$HOUSE_SYSTEM" = linux ]; then
    echo '#include <thrum.h>
int main(void) { return thrum_now() == 0; }' >clock.c
    runs "a program with a clock links" compile -O2 -ffreestanding -DTHRUM_FREESTANDING=1 -I "$HOUSE_SOURCE/include" \
        clock.c -nostdlib -static -Wl,-z,relro "$1" ${HOUSE_LIBRARIES:-} -o clock # some linkers warn that they cannot
    if readelf -lW clock | grep -q GNU_RELRO; then
        nothing "the clock's function is read-only once the program runs" "$(unsettled clock)"
        compile -ffreestanding -DTHRUM_FREESTANDING=1 -I "$HOUSE_SOURCE/include" clock.c -nostdlib -static \
            -Wl,-z,norelro "$1" ${HOUSE_LIBRARIES:-} -o clock
        [ -n "$(unsettled clock)" ] && pass "else it would be seen" || fail "else it would be seen"
    else
        skip "the clock's function is read-only once the program runs" "this CPU's linker makes nothing read-only"
    fi
fi

# --- all threads hardened --------------------------------------------------------------------------

if [[ $1 == *.a ]] && [ "$HOUSE_SYSTEM" = linux ]; then
    how=(-pthread)
    [[ $1 != *freestanding* ]] || how=(-ffreestanding -DTHRUM_FREESTANDING=1 -nostdlib -static)
    cat >upwards.c <<'C'
#include <thrum.h>
static char result_wanted;
static void *read_up(void *argument)
{
    unsigned long block = (unsigned long)thrum_self() & ~63ul;
    for (unsigned long at = (unsigned long)__builtin_frame_address(0); at < block; at += 1024)
        (void)*(const volatile char *)at;
    return argument;
}
static __attribute__((noinline)) int grows_up(char *outer)
{
    volatile char inner = 0;
    return (unsigned long)&inner > (unsigned long)outer;
}
int main(void)
{
    thrum_thread *thread;
    void *result = NULL;
    char local;
    if (grows_up(&local))
        return 77;
    if (thrum_spawn(&thread, read_up, &result_wanted, NULL) != THRUM_OK)
        return 2;
    return thrum_join(thread, &result) != THRUM_OK || result != &result_wanted;
}
C
    for all in no yes; do
        flags=()
        [ $all = no ] || flags=("-Wl,-u,thrum_harden_threads")
        silent "a program links, all its threads hardened: $all" compile -O2 \
            -I "$HOUSE_SOURCE/include" upwards.c "${how[@]}" "${flags[@]}" "$1" ${HOUSE_LIBRARIES:-} -o "upwards-$all"
        (ulimit -c 0; ${HOUSE_RUNNER:-} "./upwards-$all") >/dev/null 2>&1
        status=$?
        if [ $status -eq 77 ]; then
            skip "a guard is between stack and block" "it is there anyway: the stack grows up"
            break
        elif [ $all = no ]; then
            [ $status -eq 0 ] && pass "no guard is between stack and block" ||
                fail "no guard is between stack and block" "status $status"
        else
            [ $status -gt 128 ] && pass "a guard is between stack and block" ||
                fail "a guard is between stack and block" "status $status"
        fi
    done
fi

# --- shadow stacks ---------------------------------------------------------------------------------

# No CPU here has one: whether the program that asks for it has the entry that switches it on, and whether
# that runs where there is none.
if [[ $1 == *freestanding* ]] && nm "$1" 2>/dev/null | grep -q ' T thrum_shadow_stacks$'; then
    echo 'int main(void) { return 0; }' >plain.c
    # shadowed OUTPUT ARGUMENT…: a program that asks
    shadowed() {
        silent "$1 links" compile -O2 -ffreestanding "${@:2}" plain.c -nostdlib -static \
            -Wl,-e,thrum_shadow_stacks "$archive" -o "$1"
        [ -n "${HOUSE_RUNNER:-}" ] || runs "$1 runs" "./$1"
    }
    archive=$1
    shadowed with-note "${HOUSE_CONTROL_FLOW:--fcf-protection=full}"
    shadowed without-note -fcf-protection=none
    entry=$(readelf -hW with-note | awk '/Entry point/ { sub(/^0x/, "", $4); print $4 }')
    nm with-note | grep -qE "^0*$entry T thrum_shadow_stacks$|^0*$entry t thrum_shadow_stacks$" &&
        pass "it begins there" || fail "it begins there" "$entry: $(nm with-note | grep shadow)"
    code=$(objdump -d --no-show-raw-insn --disassemble=thrum_shadow_stacks with-note | grep -E '^ +[0-9a-f]+:')
    [ "$(grep -c syscall <<<"$code")" = 2 ] && ! grep -qw ret <<<"$code" && grep -q 'jmp .*_start' <<<"$code" &&
        pass "after the switch nothing returns" || fail "after the switch nothing returns" "$code"
    if command -v gdb >/dev/null && [ -z "${HOUSE_RUNNER:-}" ]; then
        for program in with-note without-note; do
            gdb -batch -ex 'break thrum_linux_bears_shadow_stack' -ex run -ex finish "./$program" 2>/dev/null |
                grep -oE 'Value returned is .* = (true|false)' | grep -oE 'true|false' >"$program.value"
        done
        [ "$(cat with-note.value)" = true ] && pass "the note is read" || fail "the note is read" "$(cat with-note.value)"
        [ "$(cat without-note.value)" = false ] && pass "a program without it takes none" ||
            fail "a program without it takes none" "$(cat without-note.value)"
    else
        skip "the note is read" "no gdb here"
    fi
    compile -O2 -ffreestanding plain.c -nostdlib -static "$1" -o shadow-no
    nothing "a program that does not ask has nothing of it" "$(nm shadow-no | grep shadow)"
fi

# --- shared libraries ------------------------------------------------------------------------------

# outside_relro FILE: relocations that are made before the library runs, or later, at a place that is then
# still written to, though it holds the address of a function
outside_relro() {
    {
        readelf -lW "$1"
        readelf -rW "$1"
    } | awk "$number"'
        $1 == "GNU_RELRO" { low = number($3); high = low + number($6) }
        /_(JUMP_SLO|JMP_SLO|GLOB_DA)/ { seen++; at = number($1); if (at < low || at >= high) print }
        END { if (!seen) print "no table of functions was found" }'
}

for file in "$@"; do
    case $file in *.so*) ;; *) continue ;; esac
    name=$(basename "$file")
    readelf -dW "$file" | grep -q 'FLAGS.*NOW' && pass "$name: all functions are bound at its start" ||
        fail "$name: all functions are bound at its start" "$(readelf -dW "$file")"
    nothing "$name: its tables of functions are read-only then" "$(outside_relro "$file")"
    nothing "$name: its functions call each other, not what a program calls the same" \
        "$(readelf -rW "$file" | grep -E ' thrum_')"
    nothing "$name: each of its names has its version" \
        "$(readelf --dyn-syms -W "$file" | awk '$5 ~ /^(GLOBAL|WEAK)$/ && $7 != "UND" && $7 != "ABS" && $8 !~ /^thrum_[a-z0-9_]+@@THRUM_[0-9]+\.[0-9]+$/')"
done

# --- inline paths of another layout ----------------------------------------------------------------

cat >inline.c <<'C'
#include <thrum.h>
static thrum_mutex mutex;
static thrum_tls_key key;
int main(void)
{
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    return thrum_tls_get(key) != NULL;
}
C
# links NAME yes|no INCLUDES ARGUMENT…: whether the program links; if not, for lack of a name with a tag
links() {
    local name=$1 expected=$2 includes=$3 output status
    shift 3
    output=$(compile -O2 -ffreestanding -DTHRUM_FREESTANDING=1 -DTHRUM_PRIVATE_BLOCK_AT="$HOUSE_BLOCK" -I "$includes" \
        inline.c "$@" ${HOUSE_LIBRARIES:-} -o inline 2>&1)
    status=$?
    if [ "$expected" = yes ] && [ $status -eq 0 ] ||
        { [ "$expected" = no ] && [ $status -ne 0 ] && grep -qE 'thrum_private_[a-z_]+_[fhx][0-9]' <<<"$output"; }; then
        pass "$name"
    else
        fail "$name" "status $status: $output"
    fi
}
if [[ $1 == *freestanding* ]] && [ "${HOUSE_BLOCK:--}" != - ]; then
    cp -r "$HOUSE_SOURCE/include" other
    sed -i 's/name##_f1/name##_x2/' other/thrum/private.h
    alone=(-nostdlib -static)
    links "inline paths of this layout link" yes "$HOUSE_SOURCE/include" "${alone[@]}" "$1"
    links "inline paths of another layout do not link" no other "${alone[@]}" "$1"
    for file in "${@:2}"; do
        links "nor do those for no libc with $(basename "$file")" no "$HOUSE_SOURCE/include" "$file" -pthread
    done
fi

# --- control flow ----------------------------------------------------------------------------------

compile -ffreestanding -c -x c /dev/null -o empty.o
objdump=$($HOUSE_CC -print-prog-name=objdump)
"$objdump" -d empty.o >/dev/null 2>&1 || objdump=$($HOUSE_CC -print-prog-name=llvm-objdump) # of another CPU
case ${HOUSE_CONTROL_FLOW:-} in
-fcf-protection*)
    features='IBT, SHSTK'
    pads='endbr(64|32)'
    ;;
-mbranch-protection*)
    features='BTI, PAC'
    pads='(bti[ \t]+(c|jc)|hint[ \t]+#(0x(19|1b|22|26)|25|27|34|38)|pac(ia|ib)sp)'
    ;;
*)
    skip "control flow" "this compiler marks nothing for this CPU"
    finish
    ;;
esac

# without_note FILE…: objects that do not say that they keep to both checks
without_note() {
    local file
    for file in "$@"; do
        readelf -nSW "$file" 2>/dev/null | awk -v file="$file" -v features="$features" '
            function ends() { if (seen && !good) print name; any += seen; good = seen = 0 }
            BEGIN { name = file; seen = any = 0 }
            /^File: / { ends(); name = $2 }
            /PROGBITS/ { seen = 1 }
            index($0, "feature: ") && index($0, features) { good = 1 }
            END { ends(); if (!any) print file ": no object was found" }'
    done
}

# without_pad FILE…: functions that other objects may call by address, and that do not begin with the
# instruction that such a call has to arrive at
without_pad() {
    local file
    for file in "$@"; do
        {
            readelf -sW "$file" | sed 's/\[[^]]*\]//' |
                awk '$4 == "FUNC" && $5 ~ /^(GLOBAL|WEAK)$/ && $6 == "DEFAULT" && $7 != "UND" { sub(/@.*/, "", $8); print "public", $8 }'
            "$objdump" -d --no-show-raw-insn "$file"
        } | awk -v pads="^($pads)" '
            $1 == "public" { public[$2] = 1; next }
            /^[0-9a-f]+ <.*>:$/ { name = $2; gsub(/[<>:]/, "", name); first = name in public; next }
            first && /^ *[0-9a-f]+:/ { sub(/^ *[0-9a-f]+:[ \t]*/, ""); first = 0; seen++; if ($0 !~ pads) print name ": " $0 }
            END { if (seen < 30) print "only " seen + 0 " functions were found" }' | sed "s|^|$(basename "$file"): |"
    done
}

echo 'int main(void) { return 0; } __attribute__((weak)) void _start(void) { }' >plain.c
compile "$HOUSE_CONTROL_FLOW" -c plain.c

archives=()
for file in "$@"; do
    case $file in *.a) archives+=("$file") ;; esac
    name=$(basename "$file")
    nothing "$name: each function that may be called by address says so" "$(without_pad "$file")"
done
for file in "${archives[@]}"; do
    nothing "$(basename "$file"): each object has the note ($features)" "$(without_note "$file")"
    # What a linker makes of all of them and a program; a shared library has the start files of the compiler
    # and of the libc beside, which may be without.
    for linker in bfd gold lld mold; do
        name="$(basename "$file"): $linker keeps the note"
        kind=(-static -nostdlib)
        [[ $file == *freestanding* ]] || kind=(-shared -nostdlib "-Wl,--unresolved-symbols=ignore-all")
        if ! compile -fuse-ld=$linker "${kind[@]}" plain.o -o plain 2>/dev/null; then
            skip "$name" "there is no $linker for this CPU"
        elif [ -n "$(without_note plain)" ]; then
            skip "$name" "this $linker drops the note of any program"
        else
            rm -f whole
            output=$(compile -fuse-ld=$linker "${kind[@]}" plain.o -Wl,--whole-archive "$file" \
                -Wl,--no-whole-archive ${HOUSE_LIBRARIES:-} -o whole 2>&1)
            [ -f whole ] && [ -z "$(without_note whole)" ] && pass "$name" || fail "$name" "$output"
        fi
    done
done

# The library as one file, compiled as its users compile their own with these checks.
[ "$HOUSE_SYSTEM" != linux ] || silent "tools/amalgamate" "$HOUSE_SOURCE/tools/amalgamate" .
for kind in -pthread "-DTHRUM_FREESTANDING -ffreestanding -fno-stack-protector -fno-builtin"; do
    [ "$HOUSE_SYSTEM" = linux ] || break
    [ "$kind" != -pthread ] || [ "$HOUSE_LIBC" = 1 ] || continue
    # shellcheck disable=SC2086
    silent "the amalgamation ${kind%% *} compiles" compile -O2 $kind $HOUSE_CONTROL_FLOW -c thrum.c -o thrum.o
    nothing "the amalgamation ${kind%% *} has the note" "$(without_note thrum.o)"
    nothing "the amalgamation ${kind%% *}: each function that may be called by address says so" "$(without_pad thrum.o)"
done

# What an emulator checks: a call by address that does not arrive at such an instruction.
if [ "$features" = 'BTI, PAC' ] && [ -n "${HOUSE_RUNNER:-}" ] && [ "$HOUSE_SYSTEM" = linux ]; then
    cat >calls.c <<'C'
#include <thrum.h>
void unmarked(void);
__asm__(".text\n.type unmarked, %function\nunmarked: ret\n.size unmarked, . - unmarked\n");
static void *run(void *argument) { return argument; }
static thrum_status (*volatile spawn)(thrum_thread **, void *(*)(void *), void *, const thrum_spawn_options *) = thrum_spawn;
static thrum_status (*volatile join)(thrum_thread *, void **) = thrum_join;
static void (*volatile wrong)(void) = unmarked;
int main(int argc, char **argv)
{
    thrum_thread *thread;
    void *result = NULL;
    (void)argv;
    if (argc > 1)
        wrong();
    if (thrum_catch_overflow() != THRUM_OK || spawn(&thread, run, &result, NULL) != THRUM_OK)
        return 1;
    return join(thread, &result) != THRUM_OK || result != &result;
}
C
    silent "a program of calls by address compiles" compile -O2 -ffreestanding -DTHRUM_FREESTANDING=1 \
        "$HOUSE_CONTROL_FLOW" -I "$HOUSE_SOURCE/include" calls.c -nostdlib -static -o calls \
        "$HOUSE_ARCHIVE" ${HOUSE_LIBRARIES:-}
    if (ulimit -c 0; $HOUSE_RUNNER ./calls wrong) >/dev/null 2>&1; then
        skip "calls by address arrive" "$HOUSE_RUNNER does not check it"
    else
        runs "calls by address arrive" $HOUSE_RUNNER ./calls
    fi
fi

# The looks themselves can see: an archive with one object that was compiled without.
cp "${archives[0]}" broken.a
echo 'int thrum_broken(int a); int thrum_broken(int a) { return a + 1; }' >broken.c
compile -O2 -c broken.c ${HOUSE_CONTROL_FLOW%%=*}=none -o broken.o
ar r broken.a broken.o 2>/dev/null
grep -q 'broken\.o' <<<"$(without_note broken.a)" && pass "an object without the note would be seen" ||
    fail "an object without the note would be seen"
grep -q thrum_broken <<<"$(without_pad broken.a)" && pass "a function without the instruction would be seen" ||
    fail "a function without the instruction would be seen"
finish
