# SPDX-License-Identifier: BSD-3-Clause
"""QEMU's virt machine with a secure world, its two consoles and its end."""
import os
import queue
import re
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: What the build of the secure world makes.
SECURE_FLASH = os.path.join(ROOT, "build", "secure", "secure-flash.bin")
#: The same with a manifest that says that the firmware verifies what it boots.
VERIFYING_FLASH = os.path.join(ROOT, "build", "secure", "verifying-flash.bin")
DEVICE_TREE = os.path.join(ROOT, "build", "secure", "virt.dtb")
#: Where the monitor enters the normal world (machines/qemu-virt/memory.h).
ENTRY = "FFAV_NORMAL_ENTRY"


def address_of(name):
    """A number of machines/qemu-virt/memory.h."""
    path = os.path.join(ROOT, "machines", "qemu-virt", "memory.h")
    with open(path, encoding="utf-8") as file:
        match = re.search(rf"^#define {name}\s+(0x[0-9a-fA-F]+)", file.read(), re.M)
    if not match:
        sys.exit(f"{path} does not define {name}.")
    return int(match.group(1), 16)


def shared_buffer():
    """Address and size of the shared buffer, bytes."""
    return address_of("FFAV_SHARED_BUFFER_BASE"), address_of("FFAV_SHARED_BUFFER_SIZE")


class Machine:
    """One run of QEMU; a context manager that never leaves the process behind."""

    def __init__(self, folder, secure_flash, disk, uboot, name, interactive=False, dtb=None,
                 options=()):
        self.secure_log = os.path.join(folder, f"{name}-secure.log")
        self.normal_log = os.path.join(folder, f"{name}-console.log")
        self.interactive = interactive
        self.began = time.monotonic()
        command = ["qemu-system-aarch64", "-cpu", "cortex-a57", "-smp", "2", "-m", "1G",
                   "-display", "none", "-nic", "none"]
        if secure_flash:
            command += ["-M", "virt,secure=on,virtualization=on,gic-version=3", "-dtb", dtb or DEVICE_TREE,
                        "-drive", f"if=pflash,unit=0,format=raw,file={secure_flash}",
                        "-device", f"loader,file={uboot},addr={address_of(ENTRY):#x},force-raw=on"]
        else:
            command += ["-M", "virt,virtualization=on,gic-version=3", "-bios", uboot]
        command += ["-drive", f"if=none,id=disk,format=raw,file={disk}",
                    "-device", "virtio-blk-pci,drive=disk"]
        if interactive:
            command += ["-serial", "mon:stdio"]
        else:
            command += ["-monitor", "none", "-serial", "stdio"]
        command += ["-serial", f"file:{self.secure_log}", *options]
        streams = {} if interactive else {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE,
                                          "stderr": subprocess.STDOUT}
        self.process = subprocess.Popen(command, **streams)  # pylint: disable=consider-using-with
        self.queue = queue.Queue()
        if not interactive:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with open(self.normal_log, "wb") as log:
            for raw in self.process.stdout:
                log.write(raw)
                log.flush()
                text = raw.decode(errors="replace")
                # Colours and cursor movements of U-Boot's console.
                self.queue.put(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).strip("\r\n\0"))
        self.queue.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def seconds(self):
        """Seconds since QEMU was started."""
        return time.monotonic() - self.began

    def lines(self, seconds):
        """The lines of the normal console until QEMU ends or the time is over."""
        end = self.began + seconds
        while True:
            try:
                line = self.queue.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                print(f"   nothing more came within {seconds:.0f} s", flush=True)
                return
            if line is None:
                return
            yield line

    def secure_lines(self):
        """The lines of the secure console so far."""
        if not os.path.exists(self.secure_log):
            return []
        with open(self.secure_log, encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\r") for line in file.read().splitlines() if line.strip()]

    def wait(self):
        """Wait until QEMU ends by itself; its exit status."""
        return self.process.wait()

    def kill(self):
        """SIGKILL: the guest gets no chance to write anything more."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
