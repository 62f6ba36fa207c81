#!/usr/bin/env bash
# The CPU quota of cgroups, both versions, on files made for it: what a kernel allows to set differs.
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
package_flags thrum-freestanding
silent "compiles" "$HOUSE_CC" -O2 -o quota "$HOUSE_SOURCE/tests/house/quota.c" "${flags[@]}"

# quota NAME EXPECTED TEXT
quota() {
    printf '%s' "$3" >own
    ./quota "$house_temp/root" own
    local got=$?
    if [ $got -eq "$2" ]; then pass "$1"; else fail "$1" "$got CPUs, not $2"; fi
}

mkdir -p root/a/b root/unified/c root/cpu/d/e root/cpu,cpuacct/f
echo "150000 100000" >root/a/cpu.max
echo "max 100000" >root/a/b/cpu.max
echo "300000 100000" >root/unified/c/cpu.max
echo 250000 >root/cpu/d/cpu.cfs_quota_us
echo 100000 >root/cpu/d/cpu.cfs_period_us
echo -1 >root/cpu/d/e/cpu.cfs_quota_us
echo 100000 >root/cpu/d/e/cpu.cfs_period_us
echo 20000 >root/cpu,cpuacct/f/cpu.cfs_quota_us
echo 100000 >root/cpu,cpuacct/f/cpu.cfs_period_us

quota "version 2, one and a half CPUs count as two" 2 $'0::/a\n'
quota "version 2, no limit of its own, the parent's counts" 2 $'0::/a/b\n'
quota "version 2, the root has none" 0 $'0::/\n'
quota "version 2 beside version 1, mounted as unified" 3 $'1:name=systemd:/x\n0::/c\n'
quota "version 1, two and a half count as three" 3 $'4:cpu,cpuacct:/d\n'
quota "version 1, unlimited below a limit" 3 $'4:cpuacct,cpu:/d/e\n'
quota "version 1, less than one counts as one" 1 $'7:cpu,cpuacct:/f\n'
quota "version 1, another controller's group is none" 0 $'4:cpuset:/d\n'
quota "a group that is not there has none" 0 $'0::/nowhere/at/all\n'
quota "the least of both versions counts" 2 $'4:cpu:/d\n0::/a\n'
quota "text without a line's end" 2 '0::/a'
quota "text that is no such file" 0 'nonsense'
quota "a group beyond the mount counts as the mount" 0 $'0::/../a\n'

# Nothing has a length that the kernel does not promise: components of 255 bytes, paths beyond what a call takes,
# any number of lines.
mkdir -p root/root
echo "150000 100000" >root/root/cpu.max
at_root() { # NAME EXPECTED TEXT: a mount that has a quota itself, as in a container
    printf '%s' "$3" >own
    ./quota "$house_temp/root/root" own
    local got=$?
    if [ $got -eq "$2" ]; then pass "$1"; else fail "$1" "$got CPUs, not $2"; fi
}
at_root "what is mounted has the quota" 2 $'0::/\n'
at_root "what is mounted is the group, by a path outside" 2 $'0::/docker/x\n'
at_root "what is mounted is beside the group" 2 $'0::/../other\n'
long=$(printf 'kubepods-burstable-pod%0233d' 7)
# Made by steps, because no path so long can be named.
deep() { # COMMAND: runs it in a folder so deep that its path has more than 4096 bytes
    (cd root && for ((i = 0; i < 18; i++)); do mkdir -p "$long" && cd "$long"; done && eval "$1") || exit 1
}
group() { # N: a path of N such components
    local path=
    for ((i = 0; i < $1; i++)); do path+=/$long; done
    printf '%s' "$path"
}
for length in 1 2 3 4 15 16 17 18; do
    deep "for ((i = $length; i < 18; i++)); do cd ..; done; echo '50000 100000' >cpu.max"
    quota "a path of $length components of 255 bytes" 1 "0::$(group $length)"$'\n'
    deep "for ((i = $length; i < 18; i++)); do cd ..; done; rm cpu.max"
done
quota "such a path without a quota" 0 "0::$(group 18)"$'\n'
quota "a component longer than any, below a quota" 2 "0::/a/b/$long$long"$'\n'
many=$(for ((i = 1; i < 40; i++)); do printf '%d:name=other%d:/%s\n' $i $i "$long"; done)
quota "more than 4096 bytes before the line" 2 "$many"$'\n0::/a\n'
for length in {250..262}; do
    quota "a line that starts after $length bytes" 2 "1:name=x:/$(printf "%0$((length - 11))d" 0)"$'\n0::/a\n'
done

# What is no number of the kernel's is no quota.
odd() { # NAME EXPECTED TEXT
    printf '%s' "$3" >root/root/cpu.max
    at_root "$1" "$2" $'0::/\n'
}
odd "a number that 64 bits cannot hold" 0 $'184467440737095516170000 100000\n'
odd "the largest that they hold" 0 $'18446744073709551615 1\n'
odd "a file that does not end where one does" 0 "150000 100000$(printf ' %060d' 0)"
odd "a period of none" 0 $'1 0\n'
odd "an empty file" 0 ''
odd "one that is well again" 2 $'150000 100000\n'
finish
