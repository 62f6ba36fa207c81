"""Which builds the check makes, what each needs, and in which order they start."""

import dataclasses
import os
import random
import re
import subprocess


@dataclasses.dataclass
class Build:
    """A preset of CMakePresets.json, and what the check says of it."""

    name: str
    compiler: str = ""
    runner: str = ""
    packages: list = dataclasses.field(default_factory=list)
    seconds: int = 60  # about how long it takes alone; the longest start first
    options: list = dataclasses.field(default_factory=list)  # of cmake
    selection: list = dataclasses.field(default_factory=list)  # of ctest
    reason: str = ""  # why it is not built here


@dataclasses.dataclass
class Long:
    """A long run of tools/check full, after the builds."""

    name: str
    command: list


def table_of_cpus():
    """The lines of cmake/linux-cpus, a dictionary each, by name."""
    columns = "name file compiler flags block pie libgcc runner packages".split()
    cpus = {}
    with open("cmake/linux-cpus", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#") or "|" not in line:
                continue
            cpu = dict(zip(columns, (text.strip() for text in line.split("|"))))
            cpus[cpu["name"]] = cpu
    return cpus


CPUS = table_of_cpus()

# What every build needs, and tools/lint.
PACKAGES = """gcc g++ libc6-dev linux-libc-dev clang clang-format clang-tidy lld llvm cmake ninja-build pkg-config
    binutils gdb mandoc pyflakes3 python3 shellcheck""".split()

X86_64 = ["linux-x86_64" + clang + kind for clang in ("", "-clang") for kind in ("", "-debug", "-o3", "-lto")]
HOSTED = ["hosted", "hosted-table", "hosted-musl", "hosted-musl-table", "hosted-asan-ubsan", "hosted-tsan",
          "hosted-valgrind"]
WASI = ["wasi", "wasi-throw"]
BSD = ["freebsd", "netbsd", "openbsd", "freebsd-aarch64", "netbsd-aarch64", "openbsd-aarch64", "dragonfly"]
WINDOWS = ["windows-x86_64", "windows-x86_64-clang", "windows-i686", "windows-aarch64"]
LINUX = ["linux-" + name for name in CPUS if name != "x86_64"]
ALL = X86_64 + HOSTED + WASI + BSD + LINUX + WINDOWS
QUICK = ["linux-x86_64", "hosted", "linux-i386", "linux-s390x", "windows-x86_64", "wasi", "freebsd"]
# Of each row tools/check builds one, which its seed chooses: what differs within it is seldom at fault alone.
# All are in tools/check full, and whichever are named.
SAMPLED = [
    ["linux-armhf-thumb", "linux-armel", "linux-armel-thumb", "linux-armv5-thumb"],  # beside armhf, armv5
    ["linux-mipsel", "linux-mips64", "linux-mipsn32el", "linux-powerpc64-elfv2"],  # mips, mips64el, mipsn32, ppc64
    ["linux-x86_64-debug", "linux-x86_64-o3", "linux-x86_64-clang-debug", "linux-x86_64-clang-o3"],
    ["linux-x86_64-lto", "linux-x86_64-clang-lto"],
    ["hosted-musl", "hosted-musl-table"],  # beside hosted and hosted-table
    ["freebsd-aarch64", "netbsd-aarch64", "openbsd-aarch64"],
    ["linux-aarch64_be", "linux-armeb"],
    ["linux-mipsn32", "linux-riscv32", "linux-sparc32"],  # beside the 64-bit ABIs
]
# Those whose configured folders tools/lint reads.
LINTED = ["linux-x86_64-clang", "windows-x86_64-clang", "wasi", "freebsd", "netbsd", "openbsd", "dragonfly"]

# Beside the packages of the CPU's line in cmake/linux-cpus: (pattern of presets, packages).
MORE_PACKAGES = [
    (r"windows-", "gcc-mingw-w64-x86-64-win32 mingw-w64-tools wine64 wine"),
    (r"windows-i686", "gcc-mingw-w64-i686-win32"),
    (r"hosted-musl|linux-x86_64$", "musl-tools"),
    (r"hosted$", "relacy-dev"),
    (r"hosted-tsan", "libclang-rt-dev"),
    (r"hosted-valgrind", "valgrind"),
    (r"wasi", "nodejs"),
    (r".*bsd|dragonfly", "clang-22 lld-22"),
    (r".*bsd-aarch64", "gcc-aarch64-linux-gnu linux-libc-dev-arm64-cross qemu-user-static"),
]

# Whole seconds on a quiet machine of two CPUs; what is not named here takes about 35.
SECONDS = {
    "linux-x86_64": 200, "linux-x86_64-clang": 150, "wasi": 90, "wasi-throw": 50, "hosted": 180,
    "windows-x86_64": 260, "windows-x86_64-clang": 250, "hosted-valgrind": 190, "hosted-tsan": 110,
    "hosted-asan-ubsan": 110, "hosted-table": 190, "hosted-musl": 160, "hosted-musl-table": 180,
    "linux-i386": 80, "freebsd": 60, "netbsd": 60, "openbsd": 60, "dragonfly": 60, "lint": 100,
    "linux-aarch64": 90, "linux-aarch64_be": 80, "windows-i686": 30, "windows-aarch64": 30, "linux-x32": 20,
    "linux-arc": 20,
}


def compiler_of(preset, cpu):
    if re.search(r"-clang|-tsan|windows-aarch64|^wasi", preset):
        return "clang"
    if "-musl" in preset:
        return "musl-gcc"
    if preset.startswith("windows-"):
        return preset.removeprefix("windows-") + "-w64-mingw32-gcc"
    if preset in BSD:
        return "clang-22"
    return cpu["compiler"].split()[0] if cpu else ""


def runner_of(preset, cpu):
    if preset.startswith("windows-x86_64"):
        return "wine"
    if preset.startswith("windows-"):
        return "none"
    if preset.startswith("wasi"):
        return "node"
    if preset in BSD:
        return "foreign,qemu-aarch64" if preset.endswith("-aarch64") else "foreign"
    return cpu["runner"].split()[0] if cpu else ""


def build_of(preset):
    name = "x86_64" if re.match(r"linux-x86_64|hosted", preset) else preset.removeprefix("linux-")
    cpu = CPUS.get(name)
    build = Build(preset, compiler_of(preset, cpu), runner_of(preset, cpu), seconds=SECONDS.get(preset, 35))
    if cpu and cpu["packages"] == "source":
        build.reason = "its compiler is built from source first: tools/build-compiler " + name
        return build
    if cpu:
        build.packages += cpu["packages"].split()
        if cpu["runner"].endswith("-static"):
            build.packages.append("qemu-user-static")
    for pattern, packages in MORE_PACKAGES:
        if re.match(pattern, preset):
            build.packages += packages.split()
    return build


def leave_out_of_sample(builds, seed):
    choice = random.Random(seed)
    for row in SAMPLED:
        kept = choice.choice(row)
        for build in builds:
            if build.name in row and build.name != kept and not build.reason:
                build.reason = f"{kept} was chosen among {len(row)} by the seed; tools/check full builds all"


def chosen(words, seed):
    """The builds and the long runs for the command's words."""
    mode = words[0] if words and words[0] in ("quick", "full") else ""
    names = {"": words or ALL, "quick": QUICK, "full": ALL}[mode]
    builds = [build_of(name) for name in names]
    if not words:
        leave_out_of_sample(builds, seed)
    for build in builds:
        if os.environ.get("CI"):
            build.options.append("-DTHRUM_WERROR=ON")
        build.options.append(f"-DTHRUM_TEST_SEED={seed}")
        if not words:
            build.options.append("-DTHRUM_TEST_ONE_COMPILER=ON")
        if mode == "quick":
            build.selection += ["-LE", "long|linked|machines"]
        if mode == "full":
            build.options += ["-DTHRUM_TEST_ONE_IN=1", "-DTHRUM_TEST_OPTIMISED=ON", "-DTHRUM_MODEL_SECONDS=120"]
            build.options += ["-DTHRUM_TEST_AREAS=", "-DTHRUM_TEST_SCALE="]
    if not words:
        builds.append(Build("lint", seconds=SECONDS["lint"]))
    elif mode == "full":
        builds.append(Build("lint", seconds=SECONDS["lint"]))
    return builds, long_runs(seed) if mode == "full" else []


def long_runs(seed):
    suite = "build/linux-x86_64/suite"
    return [
        Long("spawns", [suite, "million_spawns", "--scale=500", f"--seed={seed}"]),
        Long("storms", [suite, "storm_*", "litmus_*", "life_races_*", "--scale=2000", f"--seed={seed}"]),
        *(Long(f"stepper-{build}", [f"build/{build}/stepper", "--whole", f"--seed={seed}"])
          for build in ("linux-x86_64", "hosted", "linux-i386")),
        Long("stepper-linux-aarch64", ["tests/stepper/emulated.py", "qemu-aarch64-static",
                                       "build/linux-aarch64/stepper", "--whole", f"--seed={seed}"]),
        *(Long(f"forks-{build}", [f"build/{build}/suite", "stress_fork*", "--scale=10000", f"--seed={seed}"])
          for build in ("linux-x86_64", "hosted")),
        Long("machines", ["tests/machines/mutate"]),
        Long("suite-pie", ["build/linux-x86_64/suite-pie", f"--seed={seed}"]),
        *(Long(f"suite-{linked}", [f"build/hosted/suite-{linked}", f"--seed={seed}"])
          for linked in ("shared", "static", "amalgamation")),
        Long("model", ["build/hosted/model", "--seconds=600"]),
        Long("kernels", ["tools/check-kernels"]),
        Long("roots", ["tools/check-roots"]),
    ]


def install(builds):
    """Installs what the builds need; those that this system cannot build get a reason."""
    wanted = sorted({package for build in builds for package in build.packages})
    absent = subprocess.run(["tools/need", "--absent", *wanted], stdout=subprocess.PIPE, text=True,
                            check=False).stdout.split()
    for build in builds:
        missing = [package for package in build.packages if package in absent]
        if missing and not build.reason:
            build.reason = "this system has no package " + ", ".join(missing)
    packages = {package for build in builds if not build.reason for package in build.packages}
    return subprocess.run(["tools/need", *PACKAGES, *sorted(packages - set(PACKAGES))], check=False).returncode == 0
