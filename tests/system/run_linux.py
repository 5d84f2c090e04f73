#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Linux writes EFI variables, QEMU is killed, Linux reads them back; the same with the
runtime moved by SetVirtualAddressMap, and with a manifest by which SecureBoot becomes 1;
and the tool finds them in the flash. Prints TAP."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.path.join(ROOT, "build", "host", "tools", "ffavars", "ffavars")
GUID = "5f2c8a4e-7d13-4b06-9e5a-c0ffee0ff0a5"
NAMES = ["Greeting", "Overwritten", "Appended", "Large", "FromEfivar", "Last"]


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def point(self, good, name, output=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good:
            for line in output.splitlines()[-60:]:
                print(f"# {line}")

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def run(folder, *options):
    done = subprocess.run([sys.executable, os.path.join(ROOT, "scripts", "run.py"), "run",
                           "--folder", folder] + list(options), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False)
    return done.returncode, done.stdout


def checks(tap, output, kind):
    """Each check that the guests made is a point of its own."""
    for verdict, name in re.findall(r"ffavars-guest: (ok|FAILED): (.*)", output):
        tap.point(verdict == "ok", f"{kind}: {name.strip()}", output)


def tool(*arguments):
    done = subprocess.run([TOOL] + list(arguments), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        plain = os.path.join(folder, "plain")
        code, output = run(plain)
        checks(tap, output, "plain")
        tap.point(code == 0 and "VERDICT: PASSED" in output, "the plain run passes", output)
        tap.point("Runtime Data" in output, "the shared buffer is in the EFI memory map", output)

        flash = os.path.join(plain, "secure-flash.bin")
        code, listing = tool("--flash", flash, "list")
        tap.point(code == 0, "ffavars reads the flash that the killed QEMU left", listing)
        for name in NAMES:
            tap.point(f"{GUID}-{name}" in listing, f"ffavars lists {name}", listing)
        tap.point(f"{GUID}-Deleted" not in listing, "ffavars does not list what was deleted",
                  listing)
        tap.point(re.search(r"8be4df61-93ca-11d2-aa0d-00e098032b8c-Boot[0-9A-F]{4}", listing),
                  "ffavars lists the boot entry", listing)
        shutil.rmtree(plain)

        moved = os.path.join(folder, "moved")
        code, output = run(moved, "--also-load", "altra.efi")
        checks(tap, output, "moved")
        tap.point(code == 0 and "VERDICT: PASSED" in output,
                  "the run with SetVirtualAddressMap passes", output)
        tap.point("Working around broken SetVirtualAddressMap" in output,
                  "Linux really called SetVirtualAddressMap", output)
        shutil.rmtree(moved)

        verifies = os.path.join(folder, "verifies")
        code, output = run(verifies, "--verifies")
        checks(tap, output, "verifies")
        tap.point(code == 0 and "ok: SecureBoot is 1 where the firmware verifies images" in output,
                  "SecureBoot becomes 1 where the manifest says that images are verified", output)
        shutil.rmtree(verifies)

        # The run must be able to fail: an empty store does not have the variables.
        code, output = run(os.path.join(folder, "empty"), "--steps", "read")
        tap.point(code == 1 and "FAILED: Greeting" in output,
                  "reading back from an empty store is reported as a failure", output)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
