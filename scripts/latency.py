#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""How long does the secure world keep interrupts off, in instructions?

While a partition runs, at S-EL0 or in the one instruction of its exception shim, an interrupt
of the normal world goes to EL3 at once. EL3 itself runs with interrupts masked. So QEMU, one
instruction at a time and with a clock that counts instructions, writes down every instruction
at EL3 and every way in and out, while machines/qemu-virt/test/latency.c has the partition do
everything that it can do for an MM call. The longest stretch between a way in and the way out
is the answer; the way from reset to the normal world is not part of it.

usage: latency.py [BUILD_FOLDER]
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = 20000
#: EL3's code (machines/qemu-virt/memory.h: FFAV_SECURE_RAM_BASE, FFAV_MONITOR_SIZE).
MONITOR = "0xe000000..0xe1fffff"
SECONDS = 300

TAKEN = re.compile(r"Taking exception \d+ \[(.*)\]")
LEFT = re.compile(r"Exception return from AArch64 EL3 to AArch64 (EL\d)")

Stretch = collections.namedtuple("Stretch", "instructions why to")


def stretches(log):
    """Every stay at EL3 after the normal world has started: its length, how it began and ended."""
    found = []
    why, to_el3, count, booted = "", False, 0, False
    for line in log:
        if line.startswith("Trace 0:"):
            count += to_el3
        elif line.startswith("Taking"):
            why = TAKEN.match(line).group(1)
        elif line.startswith("...from"):
            # An exception of a lower level, the shim's own excepted.
            if line.rstrip().endswith("to EL3"):
                to_el3, count = True, 0
        elif line.startswith("Exception return from AArch64 EL3"):
            to = LEFT.match(line).group(1)
            if booted and to_el3:
                found.append(Stretch(count, why, to))
            booted |= to == "EL2"
            to_el3 = False
    return found


def measure(build, image="secure-flash.bin", program="latency.bin"):
    """Run a program over a flash image; all stretches, and what the normal world printed."""
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        flash = os.path.join(folder, "flash.bin")
        shutil.copyfile(os.path.join(build, image), flash)
        pipe = os.path.join(folder, "log")
        os.mkfifo(pipe)
        # Who opens a FIFO waits for the other end, which a QEMU that ends at once never opens.
        # So both are open here before it starts, and that for writing until it has ended.
        hold = os.open(pipe, os.O_RDWR)
        command = [
            "qemu-system-aarch64", "-M", "virt,secure=on,virtualization=on,gic-version=3",
            "-cpu", "cortex-a57", "-smp", "1", "-m", "1G", "-display", "none", "-nic", "none",
            "-monitor", "none", "-dtb", os.path.join(build, "virt.dtb"),
            "-drive", f"if=pflash,unit=0,format=raw,file={flash}",
            "-device", f"loader,file={os.path.join(build, program)},addr=0x60000000,"
                       "force-raw=on",
            "-icount", "shift=0,sleep=off", "-singlestep", "-d", "exec,nochain,int",
            "-dfilter", MONITOR, "-D", pipe, "-serial", "stdio", "-serial", "null"]
        with open(pipe, encoding="utf-8", errors="replace") as log, \
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, errors="replace") as qemu:
            late = threading.Timer(SECONDS, qemu.kill)
            late.start()
            printed = []

            def read():
                printed.extend(qemu.stdout)
                os.close(hold)

            reader = threading.Thread(target=read)
            reader.start()
            found = stretches(log)
            qemu.wait()
            reader.join()
            late.cancel()
    return found, "".join(printed).replace("\r", "")


def workload(build):
    """All stretches of the workload; it must have come to its end."""
    found, printed = measure(build)
    if not found or "1.." not in printed or "not ok" in printed:
        sys.exit(f"The workload did not come to its end:\n{printed}")
    return found


def summary(found):
    """Kind of stretch: how many and the longest, longest first."""
    kinds = {}
    for s in found:
        count, longest = kinds.get((s.why, s.to), (0, 0))
        kinds[s.why, s.to] = (count + 1, max(longest, s.instructions))
    return sorted(((why, to, *numbers) for (why, to), numbers in kinds.items()),
                  key=lambda row: -row[3])


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build", "secure")
    found = workload(build)
    for why, to, count, longest in summary(found):
        print(f"{why} and back to {to}: {count} times, at most {longest:,} instructions")
    worst = max(s.instructions for s in found)
    print(f"Interrupts are off for at most {worst:,} instructions; the target is {TARGET:,}.")
    return 0 if worst <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
