#!/usr/bin/env python3
"""emulated.py EMULATOR STEPPER [--whole] [--seed=N] [--gap=N] [--one-in=N] [--case=NAME]
    [--from=N] [--to=N]

The stepper for AArch64 under qemu's user emulation: by the emulator's debug stub, which lets other
threads run while one is stopped, it stops a thread of STEPPER after its k-th instruction, and has another
thread fork there. A seeded sample by default, of the instructions that a call has; --whole: every one,
the same up to 16 times. --one-in=N: of the cases too, one in N. Prints TAP 13."""

import os
import random
import socket
import subprocess
import sys
import tempfile
import time

WORDS = ["stepped", "forker", "begin", "finished", "leave", "request", "done", "forking",
         "newborn_left", "status", "handlers", "line"]
PC, NUMBER_REGISTER = 0x20, 0x8
SUPERVISOR_CALL, EXIT = 0xD4000001, 93
OFTEN, RARE, MOST_STEPS = 16, 64, 20000
ANSWER_SECONDS = 120.0  # until something that is asked for is there
SAMPLE_SECONDS = 3.0    # of a case, unless it is --whole


class Gone(Exception):
    """The program has ended, or does not answer in time."""


class Stub:
    """The emulator, and its end of the remote serial protocol."""

    def __init__(self, emulator, program, scenario):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "stub")
        self.output = open(os.path.join(self.folder.name, "output"), "w+")
        self.process = subprocess.Popen([emulator, "-g", path, program, scenario],
                                        stdout=self.output, stderr=self.output)
        self.socket = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise Gone("the emulator offers no debug stub") from None
                time.sleep(0.01)
        self.rest = b""
        self.ask("qXfer:features:read:target.xml:0,ff")  # without which registers are not told singly

    def ask(self, text):
        data = text.encode()
        try:
            self.socket.sendall(b"$" + data + b"#%02x" % (sum(data) & 255))
            return self.answer()
        except OSError as error:
            raise Gone(str(error)) from None

    def answer(self):
        while True:
            begin = self.rest.find(b"$")
            end = self.rest.find(b"#", begin)
            if begin >= 0 and 0 <= end <= len(self.rest) - 3:
                text = self.rest[begin + 1:end].decode()
                self.rest = self.rest[end + 3:]
                self.socket.sendall(b"+")
                if text[:1] in ("W", "X"):
                    raise Gone("the program has ended: " + text)
                return text
            self.socket.settimeout(ANSWER_SECONDS)
            data = self.socket.recv(4096)
            if not data:
                raise Gone("the program has ended")
            self.rest += data

    def read(self, address):
        return int.from_bytes(bytes.fromhex(self.ask(f"m{address:x},4")), "little")

    def write(self, address, value):
        self.ask(f"M{address:x},4:" + value.to_bytes(4, "little").hex())

    def register(self, number):
        return int.from_bytes(bytes.fromhex(self.ask(f"p{number:x}")), "little")

    def run_to(self, address):
        """Returns the thread that comes there."""
        self.ask(f"Z0,{address:x},4")
        thread = self.ask("vCont;c").split("thread:")[1].split(";")[0]
        self.ask(f"z0,{address:x},4")
        return thread

    def close(self):
        self.socket.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.output.close()
        self.folder.cleanup()


def symbols(program):
    """Of the ELF file's own table: no tool of another CPU is needed."""
    image = open(program, "rb").read()
    word = lambda at, size: int.from_bytes(image[at:at + size], "little")
    table, entry, count = word(0x28, 8), word(0x3A, 2), word(0x3C, 2)
    found = {}
    for i in range(count):
        header = table + i * entry
        if word(header + 4, 4) != 2:  # SHT_SYMTAB
            continue
        start, size, link = word(header + 24, 8), word(header + 32, 8), word(header + 40, 4)
        names = word(table + link * entry + 24, 8)
        for at in range(start, start + size, 24):
            name = names + word(at, 4)
            found[image[name:image.index(b"\0", name)].decode()] = word(at + 8, 8)
    return found


class Case:
    def __init__(self, options, places, scenario, newborn):
        self.options, self.places, self.newborn = options, places, newborn
        self.random = random.Random(f"{options['seed']} {scenario}")
        self.stub = Stub(options["emulator"], options["program"], scenario)
        self.steps = self.forks = 0
        self.cut = False
        self.met = {}

    def word(self, name):
        return self.places["stepper_words"] + 4 * WORDS.index(name)

    def happens(self, at):
        before = self.met.get(at, 0)
        self.met[at] = before + 1
        if not self.options["from"] <= self.steps <= self.options["to"]:
            return False
        if self.options["gap"] <= 1:
            return before < OFTEN
        return self.random.randrange(self.options["gap"] * (1 if before == 0 else RARE)) == 0

    def fork(self):
        """None if all is well, else what is wrong."""
        asked = self.forks = self.forks + 1
        end = time.monotonic() + ANSWER_SECONDS
        self.stub.write(self.word("request"), asked)
        while self.stub.read(self.word("done")) != asked:
            if time.monotonic() > end:
                return "the fork hangs"
            time.sleep(0.0005)
        status = self.stub.read(self.word("status"))
        return None if status == 0 else f"the child of a fork went wrong, wait status {status:#x}"

    def at_exit(self, at):
        return self.stub.read(at) == SUPERVISOR_CALL and self.stub.register(NUMBER_REGISTER) == EXIT

    def step_through(self):
        thread = self.stub.run_to(self.places["stepper_begin"])
        if self.newborn:
            thread = self.stub.run_to(self.places["thrum_thread_main"])
        end = time.monotonic() + SAMPLE_SECONDS
        while self.options["gap"] <= 1 or (self.steps < MOST_STEPS and time.monotonic() < end):
            at = self.stub.register(PC)
            if at == self.places["stepper_end"]:
                return None
            if self.happens(at):
                wrong = self.fork()
                if wrong is not None:
                    return f"after instruction {self.steps}, at {at:#x}: {wrong}"
            if self.newborn and self.at_exit(at):
                return None
            self.stub.ask(f"vCont;s:{thread}")
            self.steps += 1
        self.cut = True
        return None

    def run(self):
        try:
            wrong = self.step_through()
            if wrong is None:
                self.stub.write(self.word("leave"), 1)
                self.stub.write(self.word("request"), 0xFFFFFFFF)
                self.stub.ask("vCont;c")
        except Gone as gone:
            wrong = str(gone)
            if "W00" in wrong:
                wrong = None
        finally:
            self.stub.close()
        return wrong


def parse(arguments):
    options = {"emulator": arguments[0], "program": arguments[1], "seed": time.time_ns(),
               "gap": 4, "one-in": 1, "from": 0, "to": 1 << 62, "case": None}
    for argument in arguments[2:]:
        name, _, value = argument.removeprefix("--").partition("=")
        if name == "whole":
            options["gap"] = 1
        elif name == "case":
            options[name] = value
        elif name in ("seed", "gap", "one-in", "from", "to"):
            options[name] = int(value)
            if name == "from":
                options["gap"] = 1
        else:
            sys.exit(__doc__)
    return options


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    options = parse(sys.argv[1:])
    places = symbols(options["program"])
    listed = subprocess.run([options["emulator"], options["program"]], capture_output=True,
                            text=True, check=True).stdout.split()
    count = failed = 0
    print("TAP version 13")
    print(f"# --seed={options['seed']}")
    cases = [case for case in zip(listed[::2], listed[1::2]) if options["case"] in (None, case[0])]
    first = options["seed"] % options["one-in"] if options["one-in"] <= len(cases) else 0
    for scenario, kind in cases[first::options["one-in"]]:
        case = Case(options, places, scenario, kind == "newborn")
        wrong = case.run()
        count += 1
        failed += wrong is not None
        print(f"{'ok' if wrong is None else 'not ok'} {count} - {scenario} fork")
        print(f"# {case.steps} instructions, at {case.forks} of them a fork"
              + ("; the rest was not stepped: the case's time was up" if case.cut else ""), flush=True)
        if wrong is not None:
            print(f"# {wrong}")
            print(f"# again: emulated.py {options['emulator']} {options['program']} --case={scenario}"
                  f" --from={case.steps} --to={case.steps}")
    print(f"1..{count}")
    print(f"{count - failed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed or not count else 0)


main()
