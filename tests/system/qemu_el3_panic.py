#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The monitor panics on one CPU, with locks taken: the other CPU can still power off."""
import os
import socket
import sys
import tempfile
import threading
import time

from qemu_el3_machine import BUILD, SECONDS, Run, Tap, copy_of, monitor_range, monitor_symbol

#: machines/qemu-virt/test/payload.c
MODE = "0x70000008"
MODE_PANIC = 2
#: QEMU's numbers of the CPUs, and GDB's of the program counter of AArch64.
FIRST = 1
SECOND = 2
PC = 32
#: The monitor has nothing there.
NOWHERE = 0x4000000000


class Debugger:
    """As much of GDB's remote protocol as it takes to send a CPU astray."""

    def __init__(self, path):
        late = time.monotonic() + SECONDS
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > late:
                    raise
                time.sleep(0.1)
        self.socket.settimeout(SECONDS)
        self.bytes = b""

    def packet(self):
        """The next packet of QEMU's."""
        while True:
            _, start, rest = self.bytes.partition(b"$")
            text, end, rest = rest.partition(b"#")
            if start and end and len(rest) >= 2:
                self.bytes = rest[2:]
                self.socket.sendall(b"+")
                return text.decode()
            more = self.socket.recv(4096)
            if not more:
                raise EOFError("QEMU ended.")
            self.bytes += more

    def send(self, text):
        self.socket.sendall(f"${text}#{sum(text.encode()) & 0xff:02x}".encode())

    def ask(self, text, answer="OK"):
        """Send a packet; the answer is the next packet that starts like that."""
        self.send(text)
        while True:
            packet = self.packet()
            # QEMU also tells that it stopped because we are here, which is none.
            if packet.startswith(answer):
                return packet

    def stop_at(self, function, thread, go_on="c"):
        """Go on until a thread is in a function; then the machine stands still."""
        address = monitor_symbol(function)
        while True:
            self.ask(f"Z1,{address:x},4")
            stopped = self.ask(go_on, "T05")
            self.ask(f"z1,{address:x},4")
            if f"thread:{thread:02x};" in stopped:
                return
            self.ask("s", "T05")

    def choose(self, thread):
        """Whose registers are meant from now on. QEMU has single ones for those alone who asked
        which there are."""
        self.ask(f"Hg{thread:x}")
        self.ask("qXfer:features:read:target.xml:0,800", "l")

    def register(self, number):
        return int.from_bytes(bytes.fromhex(self.ask(f"p{number:x}", "")), "little")

    def set_register(self, number, value):
        self.ask(f"P{number:x}={value.to_bytes(8, 'little').hex()}")


def send_astray(path, function, waits):
    """
    Let the second CPU go on at nowhere once it is in a function, while the first waits for the
    manager's lock, which the second has, or does whatever it does.
    """
    debugger = Debugger(path)
    debugger.stop_at(function, SECOND)
    if waits:
        debugger.choose(FIRST)
        # It may be there already, and comes to the beginning no more.
        if not any(debugger.register(PC) in monitor_range(name) for name in
                   ("ffav_machine_lock", "ffav_machine_lock_unless_panicked")):
            debugger.stop_at("ffav_machine_lock", FIRST, f"vCont;c:{FIRST:x}")
    debugger.choose(SECOND)
    debugger.set_register(PC, NOWHERE)
    # From here on QEMU may end at any time.
    debugger.send("D")


def main():
    tap = Tap()
    # With the manager's lock; in the second function with that of the console too.
    for function, waits in (("ffav_spmc_rx_release", True), ("ffav_report_take", False)):
        print(f"# in {function}()")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "gdb")
            threading.Thread(target=send_astray, args=(path, function, waits),
                             daemon=True).start()
            run = Run(copy_of("rogue-flash.bin", folder), os.path.join(BUILD, "payload.bin"),
                      options=["-gdb", f"unix:{path},server=on,wait=off", "-device",
                               f"loader,addr={MODE},data={MODE_PANIC},data-len=8"])
        tap.take(run)
        tap.ok("The monitor made an exception of kind 0x0\n"
               f"  ELR {NOWHERE:#x}\n  FAR {NOWHERE:#x}\n  ESR 0x8" in run.secure,
               "the secure console tells it", run.secure)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
