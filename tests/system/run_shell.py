#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Which flash 'make shell' boots: the last one's, but never another secure world than the one that
was asked for. QEMU is not started. Prints TAP."""
import contextlib
import io
import os
import sys
import tempfile
import unittest.mock

from tool_runner import ROOT, Tap, content, write

sys.path.insert(0, os.path.join(ROOT, "scripts"))

import run  # pylint: disable=wrong-import-position

PLAIN, VERIFYING = b"a secure world;", b"one whose firmware verifies;"


class Shells:
    """Runs of scripts/run.py in a folder, of which each writes to its flash."""

    def __init__(self, folder):
        self.folder = folder
        self.built = {name: os.path.join(folder, file) for name, file in
                      (("SECURE_FLASH", "secure-flash.bin"),
                       ("VERIFYING_FLASH", "verifying-flash.bin"))}
        self.build()

    def build(self, when=0):
        """The secure world is built at that time."""
        for name, data in (("SECURE_FLASH", PLAIN), ("VERIFYING_FLASH", VERIFYING)):
            os.utime(write(self.built[name], data), (when, when))

    def run(self, what, *options):
        """What was in the flash that QEMU would have been started with."""
        seen = []

        def machine(_args, _folder, flash):
            seen.append(content(flash))
            write(flash, seen[0] + what.encode() + b" was here;")
            return 0

        with contextlib.ExitStack() as stack:
            for name, stand_in in (*self.built.items(), ("shell", machine), ("run", machine)):
                stack.enter_context(unittest.mock.patch.object(run, name, stand_in))
            for module, name in ((run.packages, "ensure_host"), (run.build, "build")):
                stack.enter_context(unittest.mock.patch.object(module, name))
            stack.enter_context(unittest.mock.patch.object(sys, "argv", [
                "run.py", what, "--folder", os.path.join(self.folder, what), *options]))
            stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
            run.main()
        return seen[0]


def main():
    tap = Tap()
    here = b"shell was here;"
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        shells = Shells(folder)
        for what, options, wanted in (
                ("the first shell has the flash that was built", (), PLAIN),
                ("the second goes on with it", (), PLAIN + here),
                ("VERIFIES=yes has the other secure world", ("--verifies",), VERIFYING),
                ("and goes on with that", ("--verifies",), VERIFYING + here),
                ("a shell without goes on where it was", (), PLAIN + 2 * here)):
            got = shells.run("shell", *options)
            tap.ok(got == wanted, what, got)
        shells.build(2 ** 31)
        got = shells.run("shell"), shells.run("shell", "--verifies")
        tap.ok(got == (PLAIN, VERIFYING), "what was built anew takes the place of both", got)
        shells.build()
        got = shells.run("run"), shells.run("run"), shells.run("run", "--verifies")
        tap.ok(got == (PLAIN, PLAIN, VERIFYING), "a run always begins anew", got)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
