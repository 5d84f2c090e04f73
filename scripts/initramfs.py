# SPDX-License-Identifier: BSD-3-Clause
"""An initramfs in the kernel's 'newc' cpio format, written without root or device nodes
on the machine (Linux, Documentation/driver-api/early-userspace/buffer-format.rst)."""
import os
import stat


class Archive:
    """Collects entries; bytes() is the archive."""

    def __init__(self):
        self.parts = []
        self.inode = 0
        self.directories = set()

    def _entry(self, name, mode, data=b"", device=(0, 0)):
        encoded = name.encode() + b"\0"
        self.inode += 1
        fields = [self.inode, mode, 0, 0, 2 if stat.S_ISDIR(mode) else 1, 0, len(data), 0, 0,
                  device[0], device[1], len(encoded), 0]
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + encoded
        self.parts += [head, b"\0" * (-len(head) % 4), data, b"\0" * (-len(data) % 4)]

    def directory(self, name):
        """Add a directory and those above it, once."""
        name = name.strip("/")
        if not name or name in self.directories:
            return
        self.directory(os.path.dirname(name))
        self.directories.add(name)
        self._entry(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o644):
        self.directory(os.path.dirname(name))
        self._entry(name.strip("/"), stat.S_IFREG | mode, data)

    def link(self, name, target):
        self.directory(os.path.dirname(name))
        self._entry(name.strip("/"), stat.S_IFLNK | 0o777, target.encode())

    def console(self):
        """/dev/console, without which init has no output before it mounts /dev."""
        self.directory("dev")
        self._entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))

    def copy(self, root, name):
        """Add a file or link of an unpacked root under its own name."""
        path = os.path.join(root, name)
        if os.path.islink(path):
            self.link(name, os.readlink(path))
            return
        with open(path, "rb") as file:
            self.file(name, file.read(), stat.S_IMODE(os.stat(path).st_mode))

    def bytes(self):
        parts = list(self.parts)
        saved, self.parts = self.parts, []
        self._entry("TRAILER!!!", 0)
        parts += self.parts
        self.parts = saved
        whole = b"".join(parts)
        return whole + b"\0" * (-len(whole) % 512)
