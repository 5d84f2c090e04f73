#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Record a conversation on QEMU and replay it on the host machine; then with something wrong."""
import os
import subprocess
import sys
import tempfile

from qemu_el3_machine import BUILD, ROOT, Run, Tap, copy_of

sys.path.insert(0, os.path.join(ROOT, "scripts"))

import record  # pylint: disable=wrong-import-position

RECORDED = os.path.join(ROOT, "tests", "replay", "uboot-empty.txt")


def replay(folder, lines):
    """Exit status and output of a replay of these lines."""
    path = os.path.join(folder, "conversation.txt")
    with open(path, "w", encoding="ascii") as file:
        file.write("".join(line + "\n" for line in lines))
    done = subprocess.run([record.REPLAY, path], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


def changed(lines, find, change):
    """The lines with the first one changed for which find(index) holds."""
    at = next(i for i in range(len(lines)) if find(i))
    return lines[:at] + change(lines[at]) + lines[at + 1:]


def flip(line):
    """The line with its last digit changed."""
    return [line[:-1] + ("1" if line[-1] == "0" else "0")]


def wrong(lines):
    """(what is wrong, the lines then) for each thing that a replay has to notice."""
    def at(word):
        return lambda i: lines[i].startswith(word)

    def behind(word, also="data"):
        return lambda i: lines[i - 1].startswith(word) and lines[i].startswith(also)

    yield "another register in an answer", changed(lines, at("answer"), flip)
    yield "a register more in an answer", changed(lines, at("answer"),
                                                  lambda line: [line + " 0 0 0 0 1"])
    yield "another descriptor", changed(lines, behind("rx"), flip)
    yield "another function in a message", changed(
        lines, lambda i: behind("message")(i) and lines[i].endswith("0b"),
        lambda line: [line[:-2] + "0c"])
    yield "another byte in a reply", changed(
        lines, lambda i: lines[i - 2].startswith("reply") and lines[i].startswith("data"), flip)
    yield "another call", changed(lines, at("call 84000069"), lambda _: ["call 84000085"])
    yield "a call less", changed(lines, at("call c4000066"), lambda _: ["call 84000069"])
    yield "an answer less", changed(lines, at("answer"), lambda _: [])
    yield "too few bytes", changed(lines, behind("reply"), lambda line: [line[:-2]])
    yield "too many bytes", changed(lines, behind("rx"), lambda line: [line + "00"])
    yield "a line that means nothing", changed(lines, at("call"), lambda line: ["cull", line])
    yield "no switching on", changed(lines, at("boot"), lambda _: [])
    yield "a message beyond the buffer", changed(lines, at("message"),
                                                 lambda _: ["message 1fff0 30"])
    yield "no calls at all", ["boot"]


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(copy_of("trace-flash.bin", folder), os.path.join(BUILD, "variables.bin"),
                  until="# written")
        log = os.path.join(folder, "secure.log")
        with open(log, "w", encoding="utf-8") as file:
            file.write(run.secure)
        lines = record.read_trace(log)
        calls = sum(line.startswith("call") for line in lines)
        lines = record.without_interrupts(lines)
        tap.ok(lines[:1] == ["boot"] and calls > 5,
               "the trace has what a bare-metal normal world says", run.secure[-2000:])
        code, output = replay(folder, lines)
        tap.ok(code == 0 and "\nok 1" in f"\n{output}",
               "the host machine gives the same answers", output)

        with open(RECORDED, encoding="ascii") as file:
            lines = [line.rstrip("\n") for line in file if not line.startswith("#")]
        code, output = replay(folder, lines)
        tap.ok(code == 0, "a recording without its comments replays", output)
        for what, there in wrong(lines):
            code, output = replay(folder, there)
            tap.ok(code == 1 and "not ok" in output and "Sanitizer" not in output,
                   f"a replay notices {what}", output)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
