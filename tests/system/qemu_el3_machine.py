# SPDX-License-Identifier: BSD-3-Clause
"""QEMU with the secure world and a bare-metal normal world that prints TAP."""
import os
import shutil
import subprocess
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("FFAV_SECURE_BUILD", os.path.join(ROOT, "build", "secure"))
ENTRY = "0x60000000"
SECONDS = 180


class Run:
    """One run of QEMU: both consoles' text, and whether it ended as it should."""

    def __init__(self, flash, payload, until=None, options=()):
        """
        Run with the flash image in the file, which keeps what is written to it: to the power
        off, or until the normal world prints a line that starts with until; QEMU is killed
        right there. Options go to QEMU after the usual ones, and replace them.
        """
        with tempfile.TemporaryDirectory() as folder:
            secure_log = os.path.join(folder, "secure.log")
            command = [
                "qemu-system-aarch64", "-M", "virt,secure=on,virtualization=on,gic-version=3",
                "-cpu", "cortex-a57", "-smp", "2", "-m", "1G", "-display", "none",
                "-nic", "none", "-monitor", "none", "-dtb", os.path.join(BUILD, "virt.dtb"),
                "-drive", f"if=pflash,unit=0,format=raw,file={flash}",
                "-device", f"loader,file={payload},addr={ENTRY},force-raw=on",
                "-serial", "stdio", "-serial", f"file:{secure_log}", *options]
            lines = []
            self.ended = False
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True,
                                  errors="replace", stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT) as qemu:
                late = threading.Timer(SECONDS, qemu.kill)
                late.start()
                for line in qemu.stdout:
                    lines.append(line)
                    if until and line.startswith(until):
                        self.ended = True
                        qemu.kill()
                        break
                if qemu.wait() == 0:
                    self.ended = True
                late.cancel()
            self.normal = "".join(lines).replace("\r", "")
            with open(secure_log, encoding="utf-8", errors="replace") as file:
                self.secure = file.read().replace("\r", "")


def copy_of(name, folder):
    """A scratch copy of a flash image that the build made."""
    path = os.path.join(folder, os.path.basename(name))
    shutil.copyfile(os.path.join(BUILD, name), path)
    return path


def monitor_symbol(name):
    """Address of a symbol of the monitor."""
    return monitor_range(name).start


def monitor_range(name):
    """The addresses that a symbol of the monitor has."""
    listed = subprocess.run(
        ["aarch64-linux-gnu-nm", "-S", os.path.join(BUILD, "machines/qemu-virt/el3.elf")],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    address, *size = next(line.split()[:-2] for line in listed.splitlines()
                          if line.split()[-1] == name)
    start = int(address, 16)
    return range(start, start + (int(size[0], 16) if size else 0))


class Tap:
    """The test's own TAP lines, after those of the normal worlds it runs."""

    def __init__(self):
        self.count = 0
        self.failed = False
        print("TAP version 13", flush=True)

    def ok(self, good, what, *details):
        """One test; details are told when it fails."""
        self.count += 1
        self.failed |= not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {what}")
        for detail in () if good else details:
            for line in str(detail).splitlines():
                print(f"# {line}")

    def take(self, run, to_the_end=True):
        """Pass on the TAP lines of a normal world; that they are whole is a test too."""
        planned = None
        seen = 0
        for line in run.normal.splitlines():
            if line.startswith("1.."):
                planned = int(line[3:])
            elif line.startswith(("ok ", "not ok ")):
                seen += 1
                self.ok(line.startswith("ok "), line.split(" - ", 1)[-1])
            elif line and not line.startswith("TAP version"):
                print("# " + line.removeprefix("# "))
        self.ok(run.ended and seen > 0 and (planned == seen or not to_the_end),
                "the normal world ran its tests to the end",
                f"planned {planned}, seen {seen}, ended by itself: {run.ended}", run.secure)

    def end(self):
        """The plan; the exit status of the test."""
        print(f"1..{self.count}")
        return 1 if self.failed else 0
