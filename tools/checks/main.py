"""tools/check: installs, builds and tests everything, several builds at a time, the longest first. It goes
on after a failure, prints a table with the seconds of each step, then every failing case with its output
and the command that repeats it, and ends with one line that counts the single cases."""

import collections
import concurrent.futures
import os
import random
import re
import shutil
import sys
import threading
import time

import builds
import run

COLUMNS = "{:<24} {:<26} {:<20} {:>7} {:>6} {:>7} {:>5} {:>7} {:>5} {:>5} {:>5} {:>5}"


def arguments():
    words, seed = [], random.randrange(1, 1 << 32)
    for word in sys.argv[1:]:
        if match := re.fullmatch(r"--seed=(\d+)", word):
            seed = int(match[1])
        elif word.startswith("-") or word not in builds.ALL + ["quick", "full"]:
            sys.exit(f"tools/check: no build is named {word}; see the head of tools/check")
        else:
            words.append(word)
    return words, seed


def run_all(wanted):
    """The outcomes, in the order of their ends."""
    configured = {build.name: threading.Event() for build in wanted}

    def one(build):
        if build.name == "lint":
            for name in builds.LINTED:
                if name in configured:
                    configured[name].wait()
            outcome = run.run_lint(build)
        else:
            outcome = run.run(build, configured[build.name].set)
        print(f"== {build.name}: {outcome.passed} passed, {len(outcome.failed)} failed, {outcome.seconds:.0f} s",
              *(f"   FAILED {case.name}" for case in outcome.failed), sep="\n", flush=True)
        return outcome

    # Lint waits for others, so it must not come before them.
    order = sorted(wanted, key=lambda build: (build.name == "lint", -build.seconds))
    with concurrent.futures.ThreadPoolExecutor(run.BUILDS) as pool:
        return list(pool.map(one, order))


def print_table(outcomes):
    print()
    print(COLUMNS.format("build", "compiler", "runner", "passed", "failed", "skipped", "conf", "compile", "link",
                         "test", "s", "cpu"))
    for outcome in outcomes:
        build = outcome.build
        print(COLUMNS.format(build.name, build.compiler or "-", build.runner or "-", outcome.passed,
                             len(outcome.failed), len(outcome.skipped), *(
                                 f"{seconds:.0f}" for seconds in (outcome.configure, outcome.compile, outcome.link,
                                                                  outcome.test, outcome.seconds, outcome.cpu))))
    print(f"{sum(outcome.cpu for outcome in outcomes):.0f} seconds of a CPU")


def print_notes(outcomes, left_out):
    if os.path.exists(f"{run.LOGS}/hosted.test"):
        print("\nwhat the model checker saw:")
        for line in run.lines_of("hosted.test"):
            if match := re.match(r"\d+: # ([a-z_]*: \d+ states, .*)", line):
                print("   ", match[1])
    reasons = collections.Counter(reason for outcome in outcomes for reason in outcome.skipped)
    if reasons:
        print("\nskipped, and why:")
        for reason, count in reasons.most_common():
            print(f"{count:7} {reason}")
    for outcome in outcomes:
        if outcome.warnings:
            print(f"{outcome.warnings} warnings: {run.LOGS}/{outcome.build.name}.build")
    for build in left_out:
        print(f"not built: {build.name}: {build.reason}")


def print_failures(outcomes):
    for outcome in outcomes:
        for case in outcome.failed:
            print(f"\nFAILED {case.name}")
            for line in case.output:
                print("   ", line)
            print("  to repeat it:", case.repeat)


def main():
    since = time.monotonic()
    words, seed = arguments()
    wanted, long_runs = builds.chosen(words, seed)
    print(f"--seed={seed}")
    if not builds.install(wanted):
        sys.exit("tools/check: what is needed could not be installed")
    installed = time.monotonic() - since
    left_out = [build for build in wanted if build.reason]
    wanted = [build for build in wanted if not build.reason]
    shutil.rmtree(run.LOGS, ignore_errors=True)
    os.makedirs(run.LOGS)

    outcomes = run_all(wanted)
    outcomes.sort(key=lambda outcome: wanted.index(outcome.build))
    for long in long_runs:
        print(f"== {long.name}: {' '.join(long.command)}", flush=True)
        outcomes.append(run.run_tap(builds.Build(long.name), long.command))
    print_table(outcomes)
    print_notes(outcomes, left_out)
    print_failures(outcomes)

    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(len(outcome.failed) for outcome in outcomes)
    skipped = sum(len(outcome.skipped) for outcome in outcomes)
    print(f"\n{installed:.0f} s for packages, {time.monotonic() - since - installed:.0f} s for the rest; "
          f"--seed={seed}; logs in {run.LOGS}")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed or not passed else 0)


main()
