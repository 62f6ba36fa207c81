#!/usr/bin/env bash
# What a system call loses of vector registers, compilers are told: a vector that is needed after one that was
# inlined is kept in memory meanwhile. Compiled for CPUs with SVE and RVV by the compilers that know them; no
# emulator here loses what a kernel does, so nothing is run.
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
cat >head.c <<'C'
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
struct thrum_linux_sigset { unsigned long words[1]; };
C
{ cat head.c; cat <<'C'; } >sve.c
#include <arm_sve.h>
#include "os/linux/aarch64.h"
svint32_t over(svint32_t vector, long number);
svint32_t over(svint32_t vector, long number)
{
    vector = svadd_n_s32_z(svptrue_b32(), vector, 1);
    thrum_linux_call(number, 0, 0, 0, 0, 0, 0);
    return vector;
}
C
{ cat head.c; cat <<'C'; } >rvv.c
#include <riscv_vector.h>
#include "os/linux/riscv.h"
vint32m1_t over(const int32_t *from, long number);
vint32m1_t over(const int32_t *from, long number)
{
    vint32m1_t vector = __riscv_vle32_v_i32m1(from, 4);
    thrum_linux_call(number, 0, 0, 0, 0, 0, 0);
    return __riscv_vadd_vx_i32m1(vector, 1, 4);
}
C

# kept NAME CALL STORE SOURCE COMPILER…: there is such a store before the call
kept() {
    local name=$1 call=$2 store=$3 source=$4
    shift 4
    if ! command -v "$1" >/dev/null; then
        skip "$name" "there is no $1"
        return
    fi
    if ! "$@" -ffreestanding -x c -c /dev/null -o /dev/null 2>/dev/null; then
        skip "$name" "this $1 does not know the CPU"
        return
    fi
    silent "$name: compiles" "$@" -O2 -ffreestanding -I "$HOUSE_SOURCE/src" -I "$HOUSE_SOURCE/include" -S "$source" -o over.s
    if sed "/$call/q" over.s | grep -qE "$store" && grep -q "$call" over.s; then
        pass "$name: a vector is kept over a call"
    else
        fail "$name: a vector is kept over a call" "$(cat over.s)"
    fi
}
gcc=$(compgen -c aarch64-linux-gnu | grep -E -- '-gcc-[0-9]+$' | sort -V | tail -n 1)
kept "SVE, gcc" 'svc' '^\s*str\s+z[0-9]+' sve.c "${gcc:-aarch64-linux-gnu-gcc}" -march=armv8.2-a+sve
for clang in clang clang-22; do
    kept "SVE, $clang" 'svc' '^\s*str\s+z[0-9]+' sve.c $clang --target=aarch64-linux-gnu -march=armv8.2-a+sve
done
kept "RVV, clang-22" 'ecall' '^\s*vs[0-9]+r\.v' rvv.c clang-22 --target=riscv64-linux-gnu -march=rv64gcv
finish
