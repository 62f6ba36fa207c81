"""One build: configured, built, tested, with the seconds of each. Two cases of its own: it configures,
and it builds."""

import dataclasses
import os
import re
import subprocess
import threading
import time

import tap

LOGS = "build/check"
CPUS = len(os.sched_getaffinity(0))
# Compilers use CPUs all the time, tests sleep for most of theirs: few builds compile at a time, and
# several more are being tested.
BUILDS = 3 * CPUS
COMPILING = threading.Semaphore(CPUS)


@dataclasses.dataclass
class Outcome:
    build: object
    passed: int = 0
    skipped: list = dataclasses.field(default_factory=list)
    failed: list = dataclasses.field(default_factory=list)
    warnings: int = 0
    configure: float = 0
    compile: float = 0
    link: float = 0
    test: float = 0
    cpu: float = 0  # of all of these

    @property
    def seconds(self):
        return self.configure + self.compile + self.link + self.test


def logged(log, command, outcome):
    """Runs the command with all that it prints in the log: (whether it succeeded, seconds)."""
    since = time.monotonic()
    with open(f"{LOGS}/{log}", "w", encoding="utf-8", errors="replace") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    outcome.cpu += used.ru_utime + used.ru_stime
    return process.returncode == 0, time.monotonic() - since


def lines_of(log):
    with open(f"{LOGS}/{log}", encoding="utf-8", errors="replace") as lines:
        return lines.read().splitlines()


def failure(name, log, command):
    """A step that failed, with what says why: from the first error on."""
    lines = lines_of(log)
    first = next((i for i, line in enumerate(lines) if re.search(r"error|FAILED", line)), len(lines))
    return tap.Case(name, lines[max(0, min(first, len(lines) - 40)):][:tap.MOST_LINES], " ".join(command))


def share_of_linking(folder):
    """How much of the build's steps was no compilation, by Ninja's own log."""
    spent = {True: 0, False: 0}
    try:
        with open(f"{folder}/.ninja_log", encoding="utf-8") as log:
            for line in log:
                if not line.startswith("#"):
                    begin, end, _, output, _ = line.split("\t")
                    spent[bool(re.search(r"\.(o|obj)$", output))] += int(end) - int(begin)
    except OSError:
        pass
    return spent[False] / (sum(spent.values()) or 1)


def run(build, configured):
    """All steps of a build; `configured()` is called as soon as its folder is."""
    outcome = Outcome(build)
    name = build.name
    command = ["cmake", "--preset", name, *build.options]
    done, outcome.configure = logged(f"{name}.configure", command, outcome)
    configured()
    if not done:
        outcome.failed.append(failure(f"{name}: configure", f"{name}.configure", command))
        return outcome
    outcome.passed += 1
    command = ["cmake", "--build", "--preset", name, "-j", str(CPUS), "--", "--quiet", "-k", "0"]
    with COMPILING:
        done, seconds = logged(f"{name}.build", command, outcome)
    share = share_of_linking(f"build/{name}")
    outcome.compile, outcome.link = seconds * (1 - share), seconds * share
    outcome.warnings = sum("warning:" in line for line in lines_of(f"{name}.build"))
    if done:
        outcome.passed += 1
    else:
        outcome.failed.append(failure(f"{name}: build", f"{name}.build", command))
    if build.runner != "none":
        command = ["ctest", "--preset", name, "--verbose", "-j", str(2 * CPUS), *build.selection]
        _, outcome.test = logged(f"{name}.test", command, outcome)
        passed, outcome.skipped, failed = tap.read(lines_of(f"{name}.test"), name, os.getcwd())
        outcome.passed += passed
        outcome.failed += failed
    return outcome


def run_lint(build):
    return run_tap(build, ["tools/lint"])


def run_tap(build, command):
    """A program that prints TAP, or ends with a line that counts."""
    outcome = Outcome(build)
    done, outcome.test = logged(f"{build.name}.test", command, outcome)
    program = tap.Program(0, name=build.name)
    lines = lines_of(f"{build.name}.test")
    for line in lines:
        program.take(line)
    outcome.passed, outcome.skipped = program.passed, program.skipped
    outcome.failed = [tap.Case(f"{build.name}: {case}", output, " ".join(command)) for case, output in program.failed]
    counted = re.search(r"^(\d+) passed, (\d+) failed", "\n".join(lines[-3:]), re.MULTILINE)
    if counted and program.passed == 0:
        outcome.passed = int(counted[1])
    if not done and not outcome.failed or outcome.passed == 0:
        outcome.failed.append(tap.Case(build.name, lines[-40:], " ".join(command)))
    return outcome
