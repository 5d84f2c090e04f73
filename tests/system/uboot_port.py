#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ports/u-boot/install on trees that have the lines it looks for and nothing else: what it
adds, what it refuses, and that it changes nothing when it refuses. Prints TAP."""
import contextlib
import hashlib
import importlib.machinery
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest.mock

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INSTALL = os.path.join(ROOT, "ports", "u-boot", "install")

loader = importlib.machinery.SourceFileLoader("uboot_install", INSTALL)
sys.dont_write_bytecode = True
port = importlib.util.module_from_spec(importlib.util.spec_from_loader("uboot_install", loader))
loader.exec_module(port)


def make_tree(folder):
    """A tree of the right version whose files have the lines that are looked for."""
    tree = os.path.join(folder, "tree")
    shutil.rmtree(tree, ignore_errors=True)
    files = {"Makefile": ["# not U-Boot", "VERSION = 2026", "PATCHLEVEL = 10", "SUBLEVEL ="]}
    for path, anchor, _, _ in port.ADDITIONS:
        lines = files.setdefault(path, [f"first line of {path}"])
        lines += ["something before", anchor, "something behind"]
    for path, lines in files.items():
        full = os.path.join(tree, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    os.chmod(os.path.join(tree, "cmd", "eficonfig.c"), 0o600)
    return tree


def state(tree):
    """A digest of every path, mode and content below the tree."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(tree):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            digest.update(f"{path} {os.stat(path).st_mode:o} ".encode())
            with open(path, "rb") as file:
                digest.update(file.read() + b"\0")
    return digest.hexdigest()


def install(*arguments):
    done = subprocess.run([INSTALL] + list(arguments), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def here(tree, ours):
    """The same in this process, which has read our files already."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), \
            unittest.mock.patch.object(sys, "argv", ["install", tree]), \
            unittest.mock.patch.object(port, "client_files", lambda: ours):
        return port.main(), said.getvalue()


class Stop:
    """Lets a number of calls that change files succeed, and the one after them fail."""

    def __init__(self, left):
        self.left = left

    def instead_of(self, function):
        def call(*arguments, **options):
            self.left -= 1
            if self.left < 0:
                raise OSError(28, "No space left on device")
            return function(*arguments, **options)
        return unittest.mock.patch.object(os, function.__name__, call)


def stopped(tree, before, clean):
    """Stop a run at each of its changes; return how many there were, and after which of them a
    second run does not come to the state of a clean install."""
    ours = port.client_files()
    bad = []
    for number in range(1000):
        shutil.rmtree(tree)
        # What changes takes the place of what was there: a link is as good as a copy.
        shutil.copytree(before, tree, copy_function=os.link)
        stop = Stop(number)
        with stop.instead_of(os.replace), stop.instead_of(os.remove), stop.instead_of(os.mkdir):
            code, out = here(tree, ours)
        if stop.left >= 0:
            return number, bad if code == 0 and state(tree) == clean else [out]
        again, said = here(tree, ours)
        if code != 1 or "run this again" not in out or again != 0 or state(tree) != clean:
            bad.append(f"stopped at {number}, exit status {code}: {out}then {again}: {said}")
    return 0, ["it does not end"]


def edit(tree, path, old, new):
    full = os.path.join(tree, path)
    with open(full, encoding="utf-8") as file:
        text = file.read()
    assert old in text, (path, old)
    write_text(full, text.replace(old, new))


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def lines_of(tree, path):
    with open(os.path.join(tree, path), encoding="utf-8") as file:
        return file.read().split("\n")


def main():
    points = []

    def point(good, name, output=""):
        points.append(bool(good))
        print(f"{'ok' if good else 'not ok'} {len(points)} - {name}", flush=True)
        if not good:
            for line in str(output).splitlines()[-30:]:
                print(f"# {line}")

    def refused(tree, name, word, *options):
        before = state(tree) if os.path.isdir(tree) else None
        code, out = install(*options, tree)
        after = state(tree) if os.path.isdir(tree) else None
        point(code == 1 and word in out and "nothing was changed" in out and before == after,
              f"refused, and nothing changed: {name}", f"exit status {code}\n{out}")

    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        tree = make_tree(folder)
        fresh = state(tree)
        code, out = install("--check", tree)
        point(code == 0 and "Would change" in out and state(tree) == fresh,
              "--check says what it would do and does nothing", out)
        code, out = install(tree)
        point(code == 0 and "Changed" in out, "a tree with every line takes the port", out)
        for path, anchor, where, ours in port.ADDITIONS:
            lines = lines_of(tree, path)
            at = port.positions(lines, ours)
            good = len(at) == 1
            if good and where == port.BEFORE:
                good = lines[at[0] + len(ours)] == anchor
            elif good and where == port.AFTER:
                good = lines[at[0] - 1] == anchor
            elif good:
                good = anchor not in lines
            point(good, f"{path}: '{ours[0].strip()}' is {where} its line", "\n".join(lines))
        point(os.stat(os.path.join(tree, "cmd", "eficonfig.c")).st_mode & 0o777 == 0o600,
              "modes stay")
        copied = os.path.join(tree, "lib", "ffavars")
        same = subprocess.run(["diff", "-r", *(f"--exclude={os.path.basename(path)}"
                                               for path in port.LEFT_OUT),
                               os.path.join(ROOT, "normal", "mm"),
                               os.path.join(copied, "normal", "mm")], stdout=subprocess.PIPE,
                              text=True, check=False)
        point(same.returncode == 0 and os.path.exists(os.path.join(copied, "LICENSE")) and
              os.path.exists(os.path.join(copied, "abi", "ffa.h")) and
              os.path.exists(os.path.join(copied, "port", "runtime.c")),
              "the library is there as it is here", same.stdout)
        point(all(os.path.exists(os.path.join(ROOT, path)) and
                  not os.path.exists(os.path.join(copied, path)) for path in port.LEFT_OUT),
              "but for what the port has no use for")

        done = state(tree)
        code, out = install(tree)
        point(code == 0 and "in place already" in out and state(tree) == done,
              "a second run changes nothing", out)

        edit(tree, "lib/ffavars/port/shim.h", "The seam", "An older seam")
        write_text(os.path.join(copied, "old.c"), "left over\n")
        edit(tree, "lib/ffavars/FILES", "LICENSE\n", "LICENSE\nold.c\n")
        code, out = install(tree)
        point(code == 0 and state(tree) == done, "an older copy is brought up to date", out)

        # New, changed and left over: an update from a copy that has each of them.
        before = os.path.join(folder, "before")
        edit(tree, "lib/ffavars/port/shim.h", "The seam", "An older seam")
        write_text(os.path.join(copied, "old.c"), "left over\n")
        os.remove(os.path.join(copied, "LICENSE"))
        edit(tree, "lib/ffavars/FILES", "LICENSE\n", "old.c\n")
        edit(tree, "cmd/Makefile", port.ADDITIONS[-2][3][0], port.ADDITIONS[-2][1])
        shutil.copytree(tree, before)
        count, bad = stopped(tree, before, done)
        point(count > 5 and not bad, "an update that is stopped anywhere is ended by the next run",
              "\n".join(bad))
        shutil.rmtree(before)
        make_tree(folder)
        shutil.copytree(tree, before)
        count, bad = stopped(tree, before, done)
        point(count > 50 and not bad, "so is a first one", "\n".join(bad))

        edit(tree, "lib/ffavars/FILES", "LICENSE\n", "LICENSE\n../../Makefile\n")
        refused(tree, "a listing that names files elsewhere", "which is outside")

        tree = make_tree(folder)
        edit(tree, "Makefile", "PATCHLEVEL = 10", "PATCHLEVEL = 01")
        refused(tree, "an older U-Boot", "U-Boot v2026.01; this port was tried with v2026.07 and "
                "v2026.10")
        code, out = install("--other-version", "--check", tree)
        point(code == 0 and "Would change" in out, "--other-version goes on if the lines fit", out)
        for path, anchor, where, ours in port.ADDITIONS:
            tree = make_tree(folder)
            edit(tree, path, anchor, "another line")
            refused(tree, f"{path} without '{anchor.strip()}'", "0 times instead of once")
            tree = make_tree(folder)
            edit(tree, path, anchor, f"{anchor}\n{anchor}")
            refused(tree, f"{path} with it twice", "2 times instead of once")
            tree = make_tree(folder)
            edit(tree, path, f"first line of {path}", ours[0])
            alone = where == port.INSTEAD and len(ours) == 1
            refused(tree, f"{path} with our line elsewhere",
                    "our lines as well" if alone else "already, but not")
        tree = make_tree(folder)
        edit(tree, "lib/Makefile", port.ADDITIONS[0][1], "gone")
        edit(tree, "cmd/Makefile", "ifdef CONFIG_EFI_MM_COMM_TEE", "gone")
        code, out = install(tree)
        point("lib/Makefile has the line" in out and "cmd/Makefile has the line" in out,
              "everything that is wrong is said at once", out)
        tree = make_tree(folder)
        os.remove(os.path.join(tree, "lib", "efi_selftest", "Makefile"))
        refused(tree, "a file that is missing", "lib/efi_selftest/Makefile is missing")
        tree = make_tree(folder)
        os.mkdir(os.path.join(tree, "lib", "ffavars"))
        write_text(os.path.join(tree, "lib", "ffavars", "theirs"), "of somebody\n")
        refused(tree, "a lib/ffavars of somebody else", "was not made by this script")
        tree = make_tree(folder)
        edit(tree, "Makefile", "VERSION = 2026", "VERSION = next")
        refused(tree, "a Makefile without a version", "does not say 'VERSION = '")
        tree = make_tree(folder)
        with open(os.path.join(tree, "cmd", "Makefile"), "ab") as file:
            file.write(b"\xff\xfe\n")
        refused(tree, "a file that is not text", "cannot be read")
        refused(os.path.join(folder, "absent"), "no such tree", "is not a directory")
        empty = os.path.join(folder, "empty")
        os.mkdir(empty)
        refused(empty, "an empty directory", "is not a U-Boot source tree")
    print(f"1..{len(points)}")
    return 0 if all(points) else 1


if __name__ == "__main__":
    sys.exit(main())
