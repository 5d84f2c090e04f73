# SPDX-License-Identifier: BSD-3-Clause
"""The unmodified Debian arm64 packages that the guest runs, below build/packages."""
import glob
import os
import re
import shutil
import subprocess

from private_apt import PrivateApt

#: What is unpacked whole; the kernel comes on top.
TOOLS = ["busybox-static", "efivar", "efibootmgr", "libefivar1", "libefiboot1", "libpopt0",
         "libc6", "e2fsprogs", "libext2fs2", "libcom-err2"]
#: The modules that the guest loads, in this order.
MODULES = ["drivers/virtio/virtio_pci_legacy_dev.ko", "drivers/virtio/virtio_pci_modern_dev.ko",
           "drivers/virtio/virtio_pci.ko", "drivers/block/virtio_blk.ko",
           "fs/efivarfs/efivarfs.ko"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def download(directory, say):
    """Download what is missing; return the .deb of each package by name, the kernel's as 'linux'."""
    debs = os.path.join(directory, "debs")
    complete = os.path.join(directory, "complete")
    wanted = "\n".join(TOOLS + MODULES)
    if not os.path.exists(complete) or read(complete) != wanted:
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(debs)
        apt = PrivateApt(os.path.join(directory, "apt"), "arm64")
        say("downloading the lists of Debian's arm64 packages")
        apt.run("apt-get", "update")
        depends = apt.run("apt-cache", "depends", "linux-image-arm64")
        kernel = re.search(r"Depends: (linux-image-\S+)", depends).group(1)
        say(f"downloading {kernel}, {', '.join(TOOLS)}")
        apt.run("apt-get", "download", kernel, *TOOLS, cwd=debs)
        with open(complete, "w", encoding="utf-8") as file:
            file.write(wanted)
    found = {}
    for path in glob.glob(os.path.join(debs, "*.deb")):
        name = os.path.basename(path).split("_")[0]
        found["linux" if name.startswith("linux-image") else name] = path
    return found


def unpack(directory, say):
    """Unpack the guest's files; return the path of its root and of the kernel."""
    debs = download(directory, say)
    root = os.path.join(directory, "root")
    kernel = os.path.join(directory, "vmlinuz")
    if not os.path.exists(kernel):
        say("unpacking them")
        shutil.rmtree(root, ignore_errors=True)
        os.makedirs(root)
        for name in TOOLS:
            subprocess.run(["dpkg-deb", "-x", debs[name], root], check=True)
        wanted = ["./boot/vmlinuz-*"] + [f"./lib/modules/*/kernel/{m}" for m in MODULES]
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", debs["linux"]],
                              stdout=subprocess.PIPE) as tar:
            subprocess.run(["tar", "-x", "-C", root, "--wildcards"] + wanted, stdin=tar.stdout,
                           check=True)
        # Last, and by a rename: an interrupted run leaves nothing that looks complete.
        shutil.move(glob.glob(os.path.join(root, "boot", "vmlinuz-*"))[0], kernel)
    return root, kernel
