#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars against programs that others wrote for edk2 volumes and the JSON format. Prints TAP.

virt-fw-vars (virt-firmware) and uefivars (python-uefivars) are used where they are in PATH, and
the volumes that Debian's ovmf and qemu-efi-aarch64 bring where those are installed.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

from tool_runner import Tap, tool

GUID = "5f3d2a10-7c41-4b8e-9d02-112233445566"
VOLUMES = sorted(glob.glob("/usr/share/OVMF/OVMF_VARS*.fd") +
                 glob.glob("/usr/share/AAVMF/AAVMF_VARS.*.fd"))


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=60, check=False)


def variables(text):
    """Name, GUID, attributes and data of each variable of a JSON file, in a fixed order."""
    return sorted((v["name"], v["guid"], v["attr"], v["data"]) for v in
                  json.loads(text)["variables"])


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def sample(folder):
    image = os.path.join(folder, "sample.img")
    tool("--flash", image, "--create", "256K", "set", f"{GUID}-Text", "some text")
    tool("--flash", image, "set", "global-BootOrder", "--hex", "01000000")
    tool("--flash", image, "set", f"{GUID}-Grüße", "x", "-a", "NV|BS")
    return image


def into_volume(program, volume, source, target):
    """The command that turns one file into another with this program."""
    if program == "uefivars":
        return [program, "-i", "json", "-o", "edk2", "-I", source, "-O", target]
    return [program, "--input", volume, "--set-json", source, "--output", target]


def into_json(program, source, target):
    if program == "uefivars":
        return [program, "-i", "edk2", "-o", "json", "-I", source, "-O", target]
    return [program, "--input", source, "--output-json", target]


def check_program(tap, folder, program):
    if not shutil.which(program):
        tap.ok(True, f"{program} # SKIP it is not in PATH")
        return
    asked = run(program, "--version")
    print(f"# {program}, version "
          f"{'not told' if asked.returncode else asked.stdout.strip()}", flush=True)
    image = sample(folder)
    ours = variables(tool("--flash", image, "dump", "--json").out)
    for layout in ("armvirt", "ovmf"):
        volume, text = (os.path.join(folder, f"{program}-{layout}.{e}") for e in ("fd", "json"))
        tool("--flash", image, "export", volume, "--layout", layout)
        done = run(*into_json(program, volume, text))
        theirs = variables(read(text)) if os.path.exists(text) else []
        tap.ok(done.returncode == 0 and theirs == ours,
               f"{program} reads our volume for {layout}", done.stdout, ours, theirs)
        back = os.path.join(folder, f"{program}-{layout}.img")
        done = tool("--flash", back, "--create", "256K", "import", text)
        tap.ok(done.code == 0 and variables(tool("--flash", back, "dump", "--json").out) == ours,
               "and we read the JSON that it writes", done)
    source, made = os.path.join(folder, "ours.json"), os.path.join(folder, f"{program}.fd")
    tool("--flash", image, "export", source, "--force")
    done = run(*into_volume(program, os.path.join(folder, f"{program}-ovmf.fd"), source, made))
    back = os.path.join(folder, f"{program}-back.img")
    ended = tool("--flash", back, "--create", "256K", "import", made)
    tap.ok(done.returncode == 0 and ended.code == 0 and
           variables(tool("--flash", back, "dump", "--json").out) == ours,
           f"{program} reads our JSON, and we read the volume that it writes", done.stdout, ended)


def check_volume(tap, folder, path):
    """A volume that a firmware wrote: into a store, out again, and into another one."""
    first, second = (os.path.join(folder, f"{os.path.basename(path)}-{i}.img") for i in (1, 2))
    made = os.path.join(folder, os.path.basename(path))
    done = tool("--flash", first, "--create", "1M", "import", path)
    again = tool("--flash", first, "export", made, "--layout",
                 "armvirt" if "AAVMF" in path else "ovmf")
    third = tool("--flash", second, "--create", "1M", "import", made)
    dumps = [tool("--flash", i, "dump", "--json").out for i in (first, second)]
    tap.ok(not done.code and not again.code and not third.code and dumps[0] == dumps[1],
           f"{os.path.basename(path)}: {done.out.partition(' in ')[0]} there and back",
           done, again, third)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        for program in ("virt-fw-vars", "uefivars"):
            check_program(tap, folder, program)
        for path in VOLUMES:
            check_volume(tap, folder, path)
        if not VOLUMES:
            tap.ok(True, "volumes of Debian's firmware # SKIP ovmf and qemu-efi-aarch64 are "
                   "not installed")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
