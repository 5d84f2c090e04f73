#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Kill QEMU at random moments while Linux writes, and look into the flash. Prints TAP.

usage: run_kills.py [COUNT [SEED]]

The flash goes on from one kill to the next. After each, the variable holds what the last
write that returned wrote, or, whole, what the next one was writing, another variable is as it
was, and 'ffavars fsck' finds nothing wrong with the store.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import types

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import run           # pylint: disable=wrong-import-position
import virtmachine   # pylint: disable=wrong-import-position

UBOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
TOOL = os.path.join(ROOT, "build", "host", "tools", "ffavars", "ffavars")
GUID = "5f2c8a4e-7d13-4b06-9e5a-c0ffee0ff0a5"


def storm_value(number):
    """What scripts/guest/storm writes."""
    length = number * 37 % 900
    return f"{number} {length} ".encode() + b"x" * length


def kill_once(folder, flash, disk, seconds):
    """Boot, let Linux write for some seconds, kill. The number of the last write that returned."""
    last, first_at, seen = 0, None, []
    with virtmachine.Machine(folder, flash, disk, UBOOT, "storm") as qemu:
        for line in qemu.lines(120):
            seen.append(line)
            done = re.search(r"ffavars-guest: storm (\d+)", line)
            if done:
                last = int(done.group(1))
                first_at = first_at or time.monotonic()
            if "ffavars-guest: FAILED" in line or \
                    first_at and time.monotonic() - first_at > seconds:
                break
        qemu.kill()
        # What came out before the kill counts: those writes had returned.
        for line in qemu.lines(125):
            done = re.search(r"ffavars-guest: storm (\d+)", line)
            if done:
                last = int(done.group(1))
    return last, seen


def get(flash, name):
    done = subprocess.run([TOOL, "--flash", flash, "get", "--raw", f"{GUID}-{name}"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout if done.returncode == 0 else b"(ffavars) " + done.stdout


def fsck(flash):
    """What 'ffavars fsck' has to say against the store; nothing if it is whole."""
    done = subprocess.run([TOOL, "--flash", flash, "fsck"], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return "" if done.returncode == 0 else f"exit status {done.returncode}: {done.stdout}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=3)
    parser.add_argument("seed", nargs="?", type=int, default=int(time.time()))
    args = parser.parse_args()
    print(f"# seed {args.seed}")
    chance = random.Random(args.seed)
    options = types.SimpleNamespace(kernel=None, initrd=None, driver=True, driver_options=None,
                                    also_load=[], verifies=False)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        flash = os.path.join(folder, "secure-flash.bin")
        disk = os.path.join(folder, "disk.img")
        shutil.copyfile(virtmachine.SECURE_FLASH, flash)
        run.say = lambda text: print(f"# {text}", flush=True)
        run.make_disk(disk, options, "storm", *run.guest_files(options))
        for i in range(1, args.count + 1):
            last, seen = kill_once(folder, flash, disk, chance.uniform(0, 4))
            found, wrong = get(flash, "Storm"), fsck(flash)
            good = last > 0 and found in (storm_value(last), storm_value(last + 1)) and \
                get(flash, "Untouched") == b"untouched" and not wrong
            failed += not good
            print(f"{'ok' if good else 'not ok'} {i} - killed after write {last}, nothing lost",
                  flush=True)
            if not good:
                print(f"# Storm holds {found[:60]!r}, Untouched {get(flash, 'Untouched')[:60]!r}")
                print(f"# fsck: {wrong}")
                for line in seen[-20:]:
                    print(f"# {line}")
    print(f"1..{args.count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
