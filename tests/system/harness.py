#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What 'make test' makes of programs that fail, stop early or do not end. Prints TAP."""
import contextlib
import io
import os
import sys
import tempfile
import time
import unittest.mock

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import test as harness  # pylint: disable=wrong-import-position

#: A program that starts another, says so, and does not end.
ENDLESS = """
import subprocess, sys, time
child = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL)
open(sys.argv[1], "w").write(str(child.pid))
print("ok 1 - started", flush=True)
time.sleep(600)
"""


def outcome(command, timeout=60):
    """Passed, failed and skipped points of a program, and what was printed about it."""
    tally = harness.Tally()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        harness.check_tap(tally, "program", command, timeout)
    return (tally.passed, tally.failed, tally.skipped), said.getvalue()


def shell(text):
    return outcome(["sh", "-c", text])[0]


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def endless(folder):
    """Points and output of a program that is stopped, and whether its child was, too."""
    path = os.path.join(folder, "pid")
    counts, said = outcome([sys.executable, "-c", ENDLESS, path], timeout=10)
    with open(path, encoding="utf-8") as file:
        pid = int(file.read())
    # The kernel takes a moment to end what was killed.
    end = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.1)
    return counts, said, not is_running(pid)


def only(word):
    """Passed, failed and skipped points of the system tests that --only chooses, which are not
    run, and what is said."""
    tally = harness.Tally()
    said = io.StringIO()
    with contextlib.redirect_stdout(said), unittest.mock.patch.object(
            harness, "check_tap", lambda tally, name, command, timeout: tally.add(name, "passed")):
        harness.system(tally, word)
    return (tally.passed, tally.failed, tally.skipped), said.getvalue()


def main():
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        counts, said, ended = endless(folder)
    typo = only("hardness")
    points = [
        (shell("echo ok 1 - a; echo ok 2 - b; echo 1..2") == (2, 0, 0), "points that pass"),
        (shell("echo not ok 1 - a; echo 1..1; exit 1") == (0, 1, 0), "a point that fails"),
        (shell("echo 1..1; echo 'ok 1 - a # SKIP no QEMU'") == (0, 0, 1), "a skipped point"),
        (shell("echo 1..2; echo ok 1 - a") == (1, 1, 0), "a plan that is not met fails"),
        (shell("echo ok 1 - a") == (1, 1, 0), "no plan at all fails"),
        (shell("echo ok 1 - a; echo 1..1; exit 3") == (1, 1, 0), "an exit status fails"),
        (counts == (1, 1, 0) and "timed out" in said, "a program that does not end fails"),
        (ended, "and nothing that it started is left behind"),
        (only("harness")[0] == (1, 0, 0), "--only runs the tests that have a word in their name"),
        (typo[0] == (0, 1, 0) and "no system test has 'hardness' in its name" in typo[1],
         "and fails where none has"),
    ]
    for number, (good, name) in enumerate(points, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
    print(f"1..{len(points)}")
    return 0 if all(good for good, _ in points) else 1


if __name__ == "__main__":
    sys.exit(main())
