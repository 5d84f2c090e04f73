#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""scripts/latency.py where QEMU does not do what it is asked: it says what QEMU said, and fails. A
stand-in takes QEMU's place. Prints TAP."""
import os
import subprocess
import sys
import tempfile

from tool_runner import ROOT, Tap, write

#: What the stand-in does instead of running the program.
STAND_INS = {
    "a QEMU that ends at once": "echo 'qemu: no such machine' >&2; exit 1",
    "one that is killed": "echo 'qemu: no such machine'; kill -9 $$",
    "one that ends after its log began":
        'while [ "$1" != -D ]; do shift; done; echo "Trace 0: x" >"$2"; '
        "echo 'qemu: no such machine'; exit 0",
}


def main():
    tap = Tap()
    for what, script in STAND_INS.items():
        with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
            os.chmod(write(os.path.join(folder, "qemu-system-aarch64"),
                           f"#!/bin/sh\n{script}\n".encode()), 0o755)
            write(os.path.join(folder, "secure-flash.bin"), b"")
            try:
                done = subprocess.run(
                    [sys.executable, os.path.join(ROOT, "scripts", "latency.py"), folder],
                    env=dict(os.environ, PATH=folder + ":" + os.environ["PATH"]), timeout=20,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            except subprocess.TimeoutExpired as late:
                done = late
            tap.ok(getattr(done, "returncode", None) == 1 and "qemu: no such machine" in done.stdout
                   and "did not come to its end" in done.stdout, what, done)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
