#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Record what a U-Boot says to our secure world; the work behind 'make record'.

A U-Boot that speaks FF-A itself runs on QEMU over build/secure/trace-flash.bin, whose monitor
writes every FF-A call to the secure console. Commands are typed at its prompt, and the
conversation goes to tests/replay/NAME.txt, which 'make test' replays.

  record.py --uboot FILE                      all recordings below
  record.py --uboot FILE --only NAME          one of them
  record.py --uboot FILE --name NAME COMMAND...
                                              one of your own

The command 'fill SIZE...' is not typed: it switches the machine off, fills the store with data
of that many bytes (hexadecimal) until no more fits, and starts U-Boot again.
"""
import argparse
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import virtmachine  # pylint: disable=wrong-import-position

SECURE = os.environ.get("FFAV_SECURE_BUILD", os.path.join(ROOT, "build", "secure"))
HOST = os.environ.get("FFAV_HOST_BUILD", os.path.join(ROOT, "build", "host"))
REPLAY = os.path.join(HOST, "tests", "replay", "replay")
FOLDER = os.path.join(ROOT, "tests", "replay")
#: After a line, and after a change of colour.
PROMPTS = [b"\n=> ", b"m=> "]
AUTOBOOT = b"stop autoboot"
INTERRUPT = "84000062"
RUN = "8400006d"

#: The variable service as U-Boot spells its UUID.
SERVICE = "33d532ed-e699-0942-c09c-a798d9cd722d"
#: Sizes that leave no room for anything.
FILL = "fill 10000 1000 100 10"
#: name: commands; the store is empty before the first
RECORDINGS = {
    "uboot-empty": [
        "armffa devlist",
        f"armffa getpart {SERVICE}",
        "armffa ping 0x8001",
        "printenv -e",
        "setenv -e -nv -bs -rt Hello there",
        "printenv -e Hello",
        "setenv -e -nv -bs -rt Hello overwritten with more",
        "setenv -e -a -nv -bs -rt Hello appended",
        "printenv -e Hello",
        "setenv -e -bs Hello other attributes",
        "setenv -e -bs Volatile gone after a reset",
        "setenv -e -nv -rt Wrong",
        "efidebug query -bs -rt -nv",
        "efidebug boot order 1",
        "setenv -e Hello",
        "printenv -e Hello",
        "setenv -e Hello",
        "reset",
        "printenv -e BootOrder",
        "printenv -e Volatile",
    ],
    # Full before U-Boot's first start: it cannot create PlatformLang, and gives up.
    "uboot-full-first": [
        FILL,
        "printenv -e -n",
    ],
    "uboot-full": [
        "printenv -e PlatformLang",
        FILL,
        "efidebug query -bs -rt -nv",
        "setenv -e -nv -bs -rt Hello there",
        "printenv -e Hello",
        "printenv -e Fill0000",
        "printenv -e -n",
        "setenv -e -bs Volatile there",
        "setenv -e Fill0000",
        "setenv -e -nv -bs -rt Hello there",
        "printenv -e Hello",
    ],
    "uboot-selftest": [
        "setenv efi_selftest variables",
        "bootefi selftest",
    ],
    "uboot-selftest-runtime": [
        "setenv efi_selftest variables at runtime",
        "bootefi selftest",
    ],
}


class Console:
    """QEMU with a U-Boot, somebody who types, and what the monitor wrote down."""

    def __init__(self, trace_path, flash, uboot):
        self.trace_path = trace_path
        self.text = b""
        self.seen = 0
        self.process = subprocess.Popen([  # pylint: disable=consider-using-with
            "qemu-system-aarch64", "-M", "virt,secure=on,virtualization=on,gic-version=3",
            "-cpu", "cortex-a57", "-smp", "2", "-m", "1G", "-display", "none", "-nic", "none",
            "-monitor", "none", "-serial", "stdio", "-serial", f"file:{self.trace_path}",
            "-dtb", os.path.join(SECURE, "virt.dtb"),
            "-drive", f"if=pflash,unit=0,format=raw,file={flash}",
            "-device", f"loader,file={uboot},addr="
                       f"{virtmachine.address_of(virtmachine.ENTRY):#x},force-raw=on"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def wait(self, patterns, seconds):
        """Read until one of the patterns comes; which one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for pattern in patterns:
                at = self.text.find(pattern, self.seen)
                if at >= 0:
                    self.seen = at + len(pattern)
                    return pattern
            ready, _, _ = select.select([self.process.stdout], [], [], 0.5)
            if ready:
                data = os.read(self.process.stdout.fileno(), 65536)
                if not data:
                    break
                self.text += data
        tail = self.text[-2000:].decode(errors="replace")
        sys.exit(f"U-Boot did not come to {patterns[0]!r} within {seconds} s. It last "
                 f"said:\n{tail}")

    def type(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def start(self):
        """Come to the first prompt."""
        self.wait([AUTOBOOT], 60)
        self.type(b"\x03")
        self.wait(PROMPTS, 30)

    def command(self, text):
        """Type a command and come to the next prompt, over a restart if there is one."""
        self.type(text.encode() + b"\n")
        self.wait([text.encode()[-8:]], 10)
        # The self test asks for a key before it resets.
        while True:
            found = self.wait(PROMPTS + [AUTOBOOT, b"Press any key"], 120)
            if found in PROMPTS:
                return
            self.type(b"\x03" if found == AUTOBOOT else b" ")


def read_trace(path):
    """The lines that the monitor has written to a secure console, without the mark and the CPU."""
    found = []
    with open(path, encoding="ascii", errors="replace") as file:
        for line in file:
            if line.rstrip("\r\n") == "~boot":
                found.append("boot")
            elif line.startswith("~"):
                cpu, _, rest = line[1:].rstrip("\r\n").partition(" ")
                if cpu != "0":
                    sys.exit(f"CPU 0x{cpu} made a call too; a recording has one CPU only.")
                found.append(rest)
    return found


def conversation(path):
    """(registers, message) of each call in a recording, and what came back, in the same form."""
    call, answer = ([0] * 18, b""), ([0] * 18, b"")
    kept, left = bytearray(), 0

    def registers(words):
        return [int(word, 16) for word in words] + [0] * (18 - len(words))

    with open(path, encoding="ascii") as file:
        for line in file:
            word, *rest = line.split()
            if word == "call":
                if answer[0][0]:
                    yield call, answer
                call, answer = (registers(rest), b""), ([0] * 18, b"")
            elif word == "answer":
                answer = (registers(rest), b"")
            elif word in ("message", "reply", "rx"):
                kind, kept, left = word, bytearray(), int(rest[-1], 16)
            elif word == "data":
                kept += bytes.fromhex(rest[0])
            elif word == "same":
                kept += bytes([int(rest[0], 16)]) * int(rest[1], 16)
            if word in ("data", "same") and len(kept) == left:
                if kind == "message":
                    call = (call[0], bytes(kept))
                elif kind == "reply":
                    answer = (answer[0], bytes(kept))
    if answer[0][0]:
        yield call, answer


def without_interrupts(lines):
    """A call that an interrupt came into, as if none had: a replay has others."""
    kept = []
    for line in lines:
        if f"{line} ".startswith(f"call {RUN} ") and kept and \
           kept[-1].startswith(f"answer {INTERRUPT} "):
            kept.pop()
        else:
            kept.append(line)
    return kept


def runs(commands):
    """Commands, cut where the machine is switched off to fill its store: (fill or None, some)."""
    fill, some = None, []
    for command in commands:
        if command.startswith("fill "):
            if some or fill:
                yield fill, some
            fill, some = command, []
        else:
            some.append(command)
    yield fill, some


def converse(console, commands):
    """Type commands. Yields (command, or None for the start; lines of the trace) for each."""
    console.start()
    done = 0
    for command in [None] + commands:
        if command:
            console.command(command)
        lines = read_trace(console.trace_path)
        yield command, without_interrupts(lines[done:])
        done = len(lines)


def record(uboot, name, commands):
    """Record one conversation."""
    said, lines = b"", []
    with tempfile.TemporaryDirectory(prefix="ffavars-record-") as folder:
        flash = os.path.join(folder, "flash.bin")
        shutil.copyfile(os.path.join(SECURE, "trace-flash.bin"), flash)
        for fill, some in runs(commands):
            if fill:
                offset = f"{virtmachine.address_of('FFAV_STORE_BASE'):x}"
                subprocess.run([REPLAY, "--fill", flash, offset, *fill.split()[1:]], check=True)
                lines.append(fill)
            with Console(os.path.join(folder, "trace.log"), flash, uboot) as console:
                for command, new in converse(console, some):
                    lines += ([f"section {command}"] if command else []) + new
                said += console.text
    version = re.search(rb"U-Boot (\d[\w.]*(?:-rc\d+)?)", said)
    path = os.path.join(FOLDER, f"{name}.txt")
    with open(path, "w", encoding="ascii") as out:
        out.write("# SPDX-License-Identifier: BSD-3-Clause\n"
                  f"# What U-Boot {version.group(1).decode() if version else '(unknown)'} said "
                  "on QEMU and what our secure world answered. Recorded by\n"
                  "# scripts/record.py; README.md has the format.\n")
        out.write("".join(line + "\n" for line in lines))
    print(f"{os.path.relpath(path, ROOT)}: {os.path.getsize(path):,} bytes. U-Boot said:")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode(errors="replace"))
    print("\n".join("  " + line.rstrip() for line in text.splitlines()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--uboot", required=True, help="the binary, for address 0x60000000")
    parser.add_argument("--only", help="one of: " + ", ".join(RECORDINGS))
    parser.add_argument("--name", help="of a recording of your own")
    parser.add_argument("commands", nargs="*")
    args = parser.parse_args()
    for path in (args.uboot, REPLAY, os.path.join(SECURE, "trace-flash.bin")):
        if not os.path.exists(path):
            sys.exit(f"{path} is not there. 'make build' makes what is below build/.")
    if args.name:
        record(args.uboot, args.name, args.commands)
        return
    if args.only and args.only not in RECORDINGS:
        sys.exit(f"There is no recording {args.only}; there are {', '.join(RECORDINGS)}.")
    for name, commands in RECORDINGS.items():
        if args.only in (None, name):
            record(args.uboot, name, commands)


if __name__ == "__main__":
    main()
