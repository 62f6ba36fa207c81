"""What `ctest --verbose` printed, as single cases: TAP of every program, and CTest's own verdicts."""

import dataclasses
import re
import shlex
import sys

RESULT = re.compile(r"(not )?ok (\d+)(?: - )?(.*?)\s*(?:# *(SKIP|skip)\b *(.*))?$")
LINE = re.compile(r"(\d+): ?(.*)$")
VERDICT = re.compile(r" *\d+/\d+ +Test +#(\d+): (\S+) \.*(.*)$")
MOST_LINES = 60  # of one case's output


@dataclasses.dataclass
class Case:
    name: str
    output: list
    repeat: str


@dataclasses.dataclass
class Program:
    """One of CTest's tests."""

    number: int
    name: str = ""
    command: list = dataclasses.field(default_factory=list)
    seed: str = ""
    planned: int = -1
    passed: int = 0
    skipped: list = dataclasses.field(default_factory=list)  # reasons
    failed: list = dataclasses.field(default_factory=list)  # (name, output)
    recent: list = dataclasses.field(default_factory=list)  # lines since the last result
    after: list = None  # where the lines that follow a failure belong

    def take(self, line):
        if line.startswith("Test command: "):
            self.command = shlex.split(line.removeprefix("Test command: "))
        elif re.match(r"1\.\.\d+", line):
            self.planned = int(re.match(r"1\.\.(\d+)", line)[1])
        elif result := RESULT.match(line):
            self.take_result(result, line)
        else:
            if seed := re.match(r"# --seed=(\d+)", line):
                self.seed = seed[1]
            self.recent.append(line)
            if self.after is not None and len(self.after) < MOST_LINES:
                self.after.append(line)

    def take_result(self, result, line):
        self.after = None
        if result[1]:
            output = self.recent[-MOST_LINES:] + [line]
            self.failed.append((result[3].strip(), output))
            self.after = output
        elif result[4]:
            self.skipped.append(result[5])
        else:
            self.passed += 1
        self.recent = []

    def end(self, verdict):
        """CTest's word, which must agree with the cases'."""
        seen = self.passed + len(self.skipped) + len(self.failed)
        wrong = ""
        if re.match(r"\s*Passed", verdict):
            if seen == 0:
                wrong = "passed, but ran no test"
            elif self.planned not in (-1, seen):
                wrong = f"planned {self.planned} tests, ran {seen}"
        elif not self.failed:
            wrong = verdict.strip(" *.")
        if wrong:
            self.failed.append(("", self.recent[-MOST_LINES:] + [wrong]))

    def repeat(self, case, preset):
        """The command that runs this case alone, or as little more as can be."""
        if case and self.seed and self.command:
            # A suite's options follow its path; tests/machines/run.sh takes a test after its own four.
            at = max(i for i, word in enumerate(self.command) if "/" in word) + 1
            if self.command[0].endswith("/run.sh"):
                at = 5
            scale = [word for word in self.command if word.startswith("--scale=")]
            name = case.split(" #")[0]  # "# hung", "# crashed"
            return shlex.join(self.command[:at] + [name] + scale + ["--seed=" + self.seed])
        return f"ctest --preset {preset} --verbose -R {shlex.quote('^' + re.escape(self.name) + '$')}"


def read(lines, preset, folder):
    """Passed, skipped reasons, failed cases. `folder`: the tree's own, taken off paths."""
    programs = {}
    ended = 0
    for line in lines:
        line = line.rstrip("\n")
        if verdict := VERDICT.match(line):
            program = programs.setdefault(int(verdict[1]), Program(int(verdict[1])))
            program.name = verdict[2]
            program.end(verdict[3])
            ended += 1
        elif parts := LINE.match(line):
            number = int(parts[1])
            programs.setdefault(number, Program(number)).take(parts[2])
    failed = []
    for program in programs.values():
        for case, output in program.failed:
            name = f"{preset} {program.name}" + (f": {case}" if case else "")
            failed.append(Case(name, output, program.repeat(case, preset).replace(folder + "/", "")))
    if ended == 0:
        failed.append(Case(f"{preset}: CTest", ["no test was run"], f"ctest --preset {preset}"))
    return (sum(program.passed for program in programs.values()),
            [reason for program in programs.values() for reason in program.skipped], failed)


if __name__ == "__main__":  # tap.py FILE PRESET: "PASSED FAILED SKIPPED", each failure on standard error
    with open(sys.argv[1], encoding="utf-8", errors="replace") as text:
        all_passed, all_skipped, all_failed = read(text, sys.argv[2], "")
    for found in all_failed:
        print("FAILED", found.name, *found.output[-1:], file=sys.stderr)
    print(all_passed, len(all_failed), len(all_skipped))
