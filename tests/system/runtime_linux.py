#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""An unmodified Linux on four CPUs: its interrupts while the partition works, calls from a
panic path, a panic in the middle of calls, and a partition that dies. Prints TAP."""
import collections
import glob
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import types

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import initramfs     # pylint: disable=wrong-import-position
import run           # pylint: disable=wrong-import-position
import virtmachine   # pylint: disable=wrong-import-position
from tool_runner import Tap   # pylint: disable=wrong-import-position

UBOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
SECURE = os.path.join(ROOT, "build", "secure")
TOOL = os.path.join(ROOT, "build", "host", "tools", "ffavars", "ffavars")
GUID = "5f2c8a4e-7d13-4b06-9e5a-c0ffee0ff0a5"
GUEST = "ffavars-guest: "
CPUS = 4
SECONDS = 170
FFA_INTERRUPT, FFA_RUN = "84000062", "8400006d"
#: A function of the partition that only overwriting a variable calls, and udf #0.
FATAL, UNDEFINED = "ffav_var_same_data", b"\0\0\0\0"


class Guest:
    """Boots Linux on four CPUs, with efi-pstore beside the usual modules."""

    def __init__(self, folder):
        self.folder = folder
        self.options = types.SimpleNamespace(kernel=None, initrd=None, driver=True,
                                             driver_options=None, also_load=[],
                                             verifies=False)
        run.say = lambda text: print(f"# {text}", flush=True)
        self.kernel, self.initrd = run.guest_files(self.options)
        extra = initramfs.Archive()
        extra.file("ffavars/efi-pstore.ko", self.module("drivers/firmware/efi/efi-pstore.ko"))
        self.initrd += extra.bytes()
        self.dtb = os.path.join(folder, "virt4.dtb")
        subprocess.run([sys.executable, os.path.join(ROOT, "scripts", "make-dtb.py"),
                        os.path.join(ROOT, "machines", "qemu-virt", "memory.h"), self.dtb,
                        "-cpu", "cortex-a57", "-smp", str(CPUS), "-m", "1G"], check=True)

    @staticmethod
    def module(name):
        deb, = glob.glob(os.path.join(ROOT, "build", "packages", "guest", "debs", "linux-image-*"))
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as tar:
            return subprocess.run(["tar", "-xO", "--wildcards", f"./lib/modules/*/kernel/{name}"],
                                  stdin=tar.stdout, stdout=subprocess.PIPE, check=True).stdout

    def boot(self, step, flash, end):
        """Run until the guest prints its last line; its lines, all lines, the secure console."""
        disk = os.path.join(self.folder, f"{step}.img")
        run.make_disk(disk, self.options, step, self.kernel, self.initrd)
        guest, seen = [], []
        with virtmachine.Machine(self.folder, flash, disk, UBOOT, step, dtb=self.dtb,
                                 options=["-smp", str(CPUS)]) as qemu:
            for line in qemu.lines(SECONDS):
                seen.append(line)
                at = line.find(GUEST)
                if at >= 0:
                    guest.append(line[at + len(GUEST):].strip())
                    if guest[-1] == end:
                        break
            secure = qemu.secure_lines()
        os.unlink(disk)
        return guest, seen, secure


def checks(tap, guest, seen, wanted):
    """Each check of the guest is a point."""
    made = [line for line in guest if line.startswith(("ok: ", "FAILED"))]
    for line in made:
        tap.ok(line.startswith("ok: "), line.partition(": ")[2], *guest[-20:])
    tap.ok(len(made) == wanted, f"the guest made {wanted} checks", *seen[-40:])


def flash_of(folder, name):
    path = os.path.join(folder, name)
    shutil.copyfile(os.path.join(SECURE, name), path)
    return path


def ticks(tap, machine, folder):
    """A trace of the calls tells how often the partition was stopped, and on which CPU."""
    flash = flash_of(folder, "trace-flash.bin")
    guest, seen, secure = machine.boot("ticks", flash, "ticks")
    told = {line.split()[0]: [float(n) for n in line.split()[1:]]
            for line in guest if line.startswith(("before ", "after "))}
    tap.ok(set(told) == {"before", "after"}, "Linux writes for a while", *seen[-40:])
    if len(told) < 2:
        return
    stopped, resumed, last = collections.Counter(), 0, {}
    for line in secure:
        match = re.match(r"~(\d+) (call|answer) (\w+)", line)
        if not match:
            continue
        cpu, what, function = int(match.group(1)), match.group(2), match.group(3)
        if what == "answer":
            stopped[cpu] += function == FFA_INTERRUPT
            last[cpu] = function
        else:
            resumed += function == FFA_RUN and last.get(cpu) == FFA_INTERRUPT
    seconds, *taken = [after - before for before, after in zip(told["before"], told["after"])]
    total = sum(stopped.values())
    print(f"# the partition was stopped {total} times ({dict(stopped)}); in {seconds:.1f} s the "
          f"CPUs took {' '.join(f'{n:.0f}' for n in taken)} interrupts")
    tap.ok(total >= 10, "the partition is stopped for Linux's interrupts", total)
    tap.ok(resumed == total, "and resumed each time, by the CPU that was interrupted",
           resumed, total)
    tap.ok(all(taken[cpu] >= count * 0.5 for cpu, count in stopped.items()),
           "the interrupts went to Linux on the calling CPU", taken, stopped)
    tap.ok(all(n > 0 for n in taken), "every CPU's timer kept ticking", taken)
    tap.ok(not any("FAILED" in line for line in guest), "every write succeeded", *guest)


def crashes(tap, machine, folder):
    guest, seen, _ = machine.boot("crash", flash_of(folder, "secure-flash.bin"), "crashed")
    words = [int(line.split()[-1]) for line in guest if line.startswith("last words: ")]
    tap.ok(words and words[0] > 0, "a panic writes its last words through the services",
           *seen[-60:])
    for name in ("One", "Two"):
        written = [int(line.split()[1]) for line in guest if re.match(rf"{name} \d+$", line)]
        found = [line.split()[-1] for line in guest if line.startswith(f"{name} is ")]
        # The last write that returned, or, whole, the one that the panic cut off.
        good = bool(written and found) and int(found[0]) in (written[-1], written[-1] + 1)
        tap.ok(good, f"a panic amid writes loses nothing of writer {name}", written[-1:], found,
               *seen[-60:])
    checks(tap, guest, seen, 2)


def broken_flash(folder):
    """A flash whose partition makes a fault in FATAL."""
    qemu_virt = os.path.join(SECURE, "machines", "qemu-virt")
    with open(os.path.join(qemu_virt, "mm.elf"), "rb") as file:
        elf = bytearray(file.read())
    symbols = subprocess.run(["aarch64-linux-gnu-nm", os.path.join(qemu_virt, "mm.elf")],
                             check=True, text=True, stdout=subprocess.PIPE).stdout
    address = int(re.search(rf"^(\w+) \w {FATAL}$", symbols, re.M).group(1), 16)
    offset, = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    for i in range(count):
        kind, _, at, base, _, length = struct.unpack_from("<IIQQQQ", elf, offset + i * size)
        if kind == 1 and base <= address < base + length:
            elf[at + address - base:at + address - base + 4] = UNDEFINED
    path = os.path.join(folder, "mm-broken.elf")
    with open(path, "wb") as file:
        file.write(elf)
    flash = os.path.join(folder, "broken-flash.bin")
    subprocess.run([sys.executable, os.path.join(ROOT, "scripts", "make-flash.py"), ROOT, flash,
                    os.path.join(qemu_virt, "el3.bin"), path, os.path.join(qemu_virt, "mm.dtb")],
                   check=True)
    return flash


def dies(tap, machine, folder):
    flash = broken_flash(folder)
    guest, seen, secure = machine.boot("dies", flash, "died")
    checks(tap, guest, seen, 8)
    tap.ok(sum("made a fault and is stopped: ESR" in line for line in secure) == 4,
           "the secure console tells each of the four faults", *secure)
    tap.ok(any("stopped for good" in line for line in secure),
           "and that the partition is given up after the third in a row", *secure)
    done = subprocess.run([TOOL, "--flash", flash, "get", "--raw", f"{GUID}-Greeting"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    tap.ok(done.stdout == b"Hello from Linux, after ExitBootServices",
           "what was written before is in the flash", done.stdout)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        machine = Guest(folder)
        ticks(tap, machine, folder)
        crashes(tap, machine, folder)
        dies(tap, machine, folder)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
