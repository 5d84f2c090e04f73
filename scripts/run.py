#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Boot an unmodified U-Boot and Linux on QEMU with EFI variables in the secure world.

run        boot twice: the first Linux writes variables, QEMU is killed right after the
           last write returned, the second Linux must find them all; the first one also
           enrols Secure Boot keys and has a foreign and a replayed update refused
shell      boot once and leave you at the guest's prompt
"""
import argparse
import os
import re
import shutil
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import bootdisk           # pylint: disable=wrong-import-position
import build              # pylint: disable=wrong-import-position
import guest_packages     # pylint: disable=wrong-import-position
import initramfs          # pylint: disable=wrong-import-position
import packages           # pylint: disable=wrong-import-position
import secureboot_keys    # pylint: disable=wrong-import-position
# pylint: disable-next=wrong-import-position
from virtmachine import Machine, SECURE_FLASH, VERIFYING_FLASH, shared_buffer

BUILD = os.path.join(ROOT, "build")
GUEST = "ffavars-guest: "


def say(text):
    print(f"-- {text}", flush=True)


def own_file(path, what):
    """A file that the user named, or a sentence that says what is wrong with it."""
    if not path:
        return None
    if not os.path.isfile(path):
        sys.exit(f"{what}={path}: there is no such file.")
    return os.path.abspath(path)


def guest_files(args, keys=None):
    """The kernel and the initramfs: Debian's, or the user's with our directory on top. Secure
    Boot keys are made in the folder keys, and the guest gets the writes that enrol them."""
    root, kernel = guest_packages.unpack(os.path.join(BUILD, "packages", "guest"), say)
    archive = initramfs.Archive()
    archive.console()
    with open(os.path.join(root, "bin", "busybox"), "rb") as file:
        archive.file("ffavars/busybox", file.read(), 0o755)
    for folder, _, names in os.walk(root):
        inside = os.path.relpath(folder, root)
        if inside.startswith(("usr/share", "usr/lib/aarch64-linux-gnu/gconv")):
            continue
        for name in sorted(names):
            path = os.path.join(inside, name)
            if path.startswith(("bin/", "usr/bin/", "lib/aarch64", "lib/ld-", "usr/lib/aarch64")):
                archive.copy(root, path)
            elif name.endswith(".ko"):
                with open(os.path.join(folder, name), "rb") as file:
                    archive.file(f"ffavars/{name}", file.read())
    scripts = os.path.join(ROOT, "scripts", "guest")
    for name in os.listdir(scripts):
        with open(os.path.join(scripts, name), "rb") as file:
            archive.file(f"ffavars/{name}", file.read(), 0o755)
    with open(os.path.join(ROOT, "scripts", "guest", "keys"), "rb") as file:
        archive.file("ffavars/keys/keys", file.read())
    for name in secureboot_keys.make(keys) if keys else ():
        with open(os.path.join(keys, name), "rb") as file:
            archive.file(f"ffavars/keys/{name}", file.read())
    names = [os.path.basename(m) for m in guest_packages.MODULES]
    archive.file("ffavars/modules", "\n".join(names).encode() + b"\n")
    initrd = archive.bytes()
    if args.initrd:
        # The kernel unpacks one archive after the other.
        with open(args.initrd, "rb") as file:
            theirs = file.read()
        initrd = theirs + b"\0" * (-len(theirs) % 512) + initrd
    return args.kernel or kernel, initrd


def kernel_options(args, step):
    loud = "" if step == "shell" else " loglevel=4"
    verifies = " ffavars.verifies" if args.verifies else ""
    return ("console=ttyAMA0 efi=debug initrd=/initrd rdinit=/ffavars/init "
            f"ffavars.do={step}{verifies} panic=-1{loud}")


def make_disk(path, args, step, kernel, initrd):
    address, size = shared_buffer()
    drivers = [(name, "") for name in args.also_load]
    if args.driver:
        drivers.insert(0, ("ffavars.efi",
                           args.driver_options or f"buffer={address:#x},{size:#x}"))
    folder = os.path.join(BUILD, "uefi", "ports", "uefi-driver")
    script = bootdisk.script(drivers, kernel_options(args, step))
    files = {"boot.scr": bootdisk.script_image(script), "linux": kernel, "initrd": initrd}
    files.update({name: os.path.join(folder, name) for name, _ in drivers})
    bootdisk.make(path, files)


def verdict_of(lines, checks, end):
    """What is wrong with one boot's lines from the guest; nothing if nothing is."""
    problems = [line for line in lines if line.startswith("FAILED")]
    passed = sum(line.startswith("ok: ") for line in lines)
    if passed != checks and not problems:
        problems.append(f"{passed} of {checks} checks were made")
    if end not in lines:
        problems.append(f"the guest did not come as far as '{end}'")
    return problems


def interesting(line):
    if GUEST + "map: " in line:
        # One of them is shown below: the one that matters.
        return None
    return re.search(r"ffavars|U-Boot 20|EFI stub|Linux version|efi: EFI v|Kernel panic|"
                     r"Synchronous Abort|Oops", line)


def boot(machine, end, seconds):
    """Boot until the guest prints its last line; return its lines."""
    guest = []
    for line in machine.lines(seconds):
        if interesting(line):
            print(f"   [{machine.seconds():5.1f} s] {line}", flush=True)
        at = line.find(GUEST)
        if at >= 0:
            guest.append(line[at + len(GUEST):].strip())
            if guest[-1] == end:
                break
    return guest


def buffer_entry(lines):
    """The line of the EFI memory map that holds the shared buffer."""
    address, size = shared_buffer()
    for line in lines:
        match = re.match(r"map: 0x([0-9a-f]+)-0x([0-9a-f]+) \[Runtime Data", line)
        if not match:
            continue
        start, last = int(match.group(1), 16), int(match.group(2), 16)
        if start <= address and last >= address + size - 1:
            return line[len("map: "):]
    return None


#: The boots of one run: what the guest does, its last line, and how many checks it makes.
STEPS = {"write": ("written", 19), "read": ("read", 15)}


def boots(args, folder, secure_flash):
    kernel, initrd = guest_files(args, os.path.join(folder, "keys"))
    problems = []
    for number, step in enumerate(args.steps.split(","), 1):
        end, checks = STEPS[step]
        disk = os.path.join(folder, f"disk-{step}.img")
        make_disk(disk, args, step, kernel, initrd)
        say(f"boot {number}: Linux {'writes' if step == 'write' else 'reads back'}")
        with Machine(folder, secure_flash, disk, args.uboot, f"boot{number}") as machine:
            guest = boot(machine, end, args.timeout)
            machine.kill()
            problems += [f"boot {number}: {p}" for p in verdict_of(guest, checks, end)]
            entry = buffer_entry(guest)
            if entry:
                say(f"the shared buffer in the EFI memory map: {entry}")
            elif args.driver:
                problems.append(f"boot {number}: the EFI memory map has no Runtime Data entry "
                                "for the shared buffer")
            print_secure_console(machine)
        if step == "write" and not problems:
            say("QEMU was killed (SIGKILL) right after the last write returned")
        if problems:
            break
    return problems


def print_secure_console(machine):
    say("secure console:")
    for line in machine.secure_lines():
        print(f"   | {line}", flush=True)


def shell(args, folder, secure_flash):
    kernel, initrd = guest_files(args, os.path.join(folder, "keys"))
    disk = os.path.join(folder, "disk-shell.img")
    make_disk(disk, args, "shell", kernel, initrd)
    say("the guest's console follows; 'poweroff' or Ctrl-A X ends it")
    with Machine(folder, secure_flash, disk, args.uboot, "shell", interactive=True) as machine:
        return machine.wait()


def run(args, folder, secure_flash):
    began = time.monotonic()
    problems = boots(args, folder, secure_flash)
    print()
    for problem in problems:
        print(f"FAILED: {problem}")
    took = time.monotonic() - began
    if problems:
        print(f"VERDICT: FAILED, for what is said above; the consoles are in {folder}. "
              f"({took:.0f} s)")
        return 1
    print("VERDICT: PASSED. Every variable that Linux wrote through FF-A outlived the kill of "
          f"QEMU. ({took:.0f} s)")
    print(f"Look inside with: build/host/tools/ffavars/ffavars --flash "
          f"{os.path.relpath(secure_flash, ROOT)} list")
    return 0


def working_flash(folder, built, go_on):
    """The flash that QEMU writes to. It holds the secure world beside the variables, so that each
    image has one of its own; to go on with it, it must be younger than what it was copied from."""
    flash = os.path.join(folder, os.path.basename(built))
    if go_on and os.path.exists(flash) and os.path.getmtime(flash) > os.path.getmtime(built):
        say(f"going on with the variables in {os.path.relpath(flash, ROOT)}")
    else:
        shutil.copyfile(built, flash)
    return flash


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["run", "shell"])
    parser.add_argument("--uboot", help="a U-Boot binary for QEMU's arm64 virt machine")
    parser.add_argument("--kernel", help="an arm64 kernel with an EFI stub")
    parser.add_argument("--initrd", help="an initramfs that the checks are added to")
    parser.add_argument("--no-driver", dest="driver", action="store_false",
                        help="leave ffavars.efi out: the firmware speaks FF-A itself")
    parser.add_argument("--verifies", action="store_true",
                        help="the firmware verifies what it boots, so that SecureBoot may be 1")
    parser.add_argument("--driver-options", help="load options of ffavars.efi")
    parser.add_argument("--also-load", action="append", default=[], metavar="NAME.efi",
                        help="another driver of the build to load after ffavars.efi")
    parser.add_argument("--steps", default="write,read", choices=["write,read", "write", "read"],
                        help="the boots of 'run'")
    parser.add_argument("--folder", help="where flash, disks and consoles go")
    parser.add_argument("--timeout", type=float, default=90, help="seconds that a boot may take")
    args = parser.parse_args()

    args.uboot = own_file(args.uboot, "UBOOT") or "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
    args.kernel = own_file(args.kernel, "KERNEL")
    args.initrd = own_file(args.initrd, "INITRD")
    packages.ensure_host(packages.RUN)
    build.build("secure", *(f"machines/qemu-virt/{name}" for name in
                            ("secure-flash.bin", "verifying-flash.bin", "virt.dtb")))
    build.build("uefi")
    build.build("host", "tools/ffavars/ffavars")
    folder = os.path.abspath(args.folder or os.path.join(BUILD, args.what))
    os.makedirs(folder, exist_ok=True)
    # A shell goes on where the last one ended, unless the secure world was built anew since.
    secure_flash = working_flash(folder, VERIFYING_FLASH if args.verifies else SECURE_FLASH,
                                 args.what == "shell")
    return (run if args.what == "run" else shell)(args, folder, secure_flash)


if __name__ == "__main__":
    sys.exit(main())
