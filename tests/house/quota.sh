#!/usr/bin/env bash
# The CPU quota of cgroups, both versions, on files made for it: what a kernel allows to set differs.
. "$(dirname "$0")/house.sh"

cd "$house_temp" || exit 1
package_flags thrum-freestanding
silent "compiles" "$HOUSE_CC" -O2 -o quota "$HOUSE_SOURCE/tests/house/quota.c" "${flags[@]}"

# quota NAME EXPECTED TEXT
quota() {
    ./quota "$house_temp/root" "$3"
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
finish
