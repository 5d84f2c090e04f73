#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Build one or more worlds: host, secure, uefi; each in a folder of its name below build/."""
import argparse
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import packages           # pylint: disable=wrong-import-position
import virtmachine        # pylint: disable=wrong-import-position

CROSS = {"secure": "machines/qemu-virt/cross.ini", "uefi": "ports/uefi-driver/cross.ini"}


def build(world, *targets):
    """Build one world, or some targets of it, quietly unless it fails."""
    folder = os.path.join(ROOT, "build", world)
    commands = [["ninja", "-C", folder] + list(targets)]
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        setup = ["meson", "setup", folder, f"-Dworld={world}"]
        commands.insert(0, setup + (["--cross-file", CROSS[world]] if world in CROSS else []))
    print(f"-- building build/{world}", flush=True)
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            print(done.stdout)
            sys.exit(f"'{' '.join(command)}' failed with exit status {done.returncode}; its "
                     "output is above.")


def explain_secure_image():
    """How to boot one's own normal world behind the secure image."""
    address, size = virtmachine.shared_buffer()
    entry = virtmachine.address_of("FFAV_NORMAL_ENTRY")
    flash = os.path.relpath(virtmachine.SECURE_FLASH, ROOT)
    dtb = os.path.relpath(virtmachine.DEVICE_TREE, ROOT)
    print(f"""
The secure world is {flash}: EL3 monitor, partition manager, MM partition and an
empty variable store, 64 MiB for QEMU's first flash. It writes its variables there, so copy it
and give QEMU the copy. Your own firmware starts at {entry:#x} in EL2:

  cp {flash} my-flash.bin
  qemu-system-aarch64 -M virt,secure=on,virtualization=on,gic-version=3 \\
    -cpu cortex-a57 -smp 2 -m 1G -display none -dtb {dtb} \\
    -drive if=pflash,unit=0,format=raw,file=my-flash.bin \\
    -device loader,file=YOUR-FIRMWARE.bin,addr={entry:#x},force-raw=on \\
    -serial stdio -serial file:secure.log

The shared buffer of the MM partition is at {address:#x}, {size:#x} bytes, messages at offset 0.
In U-Boot, with its own FF-A client: CONFIG_FFA_SHARED_MM_BUF_ADDR={address:#x},
CONFIG_FFA_SHARED_MM_BUF_SIZE={size:#x}, CONFIG_FFA_SHARED_MM_BUF_OFFSET=0. Any other UEFI firmware needs
ffavars.efi with the load option buffer={address:#x},{size:#x}; how U-Boot and edk2 pass
it, and which firmware it was tried on, is in ports/uefi-driver/README.md.
The variables in the flash, once 'make build' has made the tool:
  build/host/tools/ffavars/ffavars --flash my-flash.bin list""")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", nargs="*", help="host, secure or uefi")
    parser.add_argument("--explain-secure-image", action="store_true",
                        help="say how the secure image is used")
    args = parser.parse_args()
    if args.world:
        packages.ensure_host(packages.BUILD)
    for world in args.world:
        build(world)
    if args.explain_secure_image:
        explain_secure_image()
    return 0


if __name__ == "__main__":
    sys.exit(main())
