#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars: monotonic counters, and what the service keeps beside variables. Prints TAP."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from tool_runner import Tap, content, tool, write

GUID = "5f3d2a10-7c41-4b8e-9d02-112233445566"


class Machine:
    """An image and its counter."""

    def __init__(self, folder, name):
        self.image = os.path.join(folder, name + ".img")
        self.counter = os.path.join(folder, name + ".count")
        self.old = os.path.join(folder, name + ".old")

    def run(self, *arguments, counter=True):
        return tool("--flash", self.image, *(["--counter", self.counter] if counter else []),
                    *arguments)

    def count(self):
        return int(content(self.counter)) if os.path.exists(self.counter) else 0

    def epoch(self):
        done = self.run("fsck", "--json", counter=False)
        return json.loads(done.out)["epoch"] if done.out else done

    def state(self):
        return content(self.image), self.count()


def counted(tap, m, folder):
    done = m.run("--create", "256K", "set", f"{GUID}-A", "1")
    first = m.count()
    tap.ok(done.code == 0 and first > 0 and m.epoch() == first, "the first change binds", done)
    done = m.run("set", f"{GUID}-A", "2")
    tap.ok(done.code == 0 and m.count() == first + 1 == m.epoch(), "each change is counted", done)
    before = m.state()
    for verb in (["list"], ["get", f"{GUID}-A"], ["dump"], ["map"], ["fsck"], ["fsck", "--repair"],
                 ["info"], ["get", f"{GUID}-B"], ["set", f"{GUID}-A", "2", "-a", "NV|BS"],
                 ["set", f"{GUID}-B", "3", "--dry-run"], ["export", "-", "--format", "json"]):
        done = m.run(*verb)
        tap.ok(done.code in (0, 1) and m.state() == before, f"{' '.join(verb)[:40]} counts nothing",
               done)
    source = write(os.path.join(folder, "in.json"), json.dumps({"version": 2, "variables": [
        {"name": "Plain", "guid": GUID, "attr": 7, "data": "00"},
        {"name": "Signed", "guid": GUID, "attr": 0x27, "data": "01", "time": "00" * 16}]}).encode())
    done = m.run("import", source)
    tap.ok(done.code == 0 and m.count() == before[1] + 2 == m.epoch(),
           "an import counts by either road", done)


def rolled_back(tap, m, folder):
    shutil.copy(m.image, m.old)
    m.run("set", f"{GUID}-A", "newest")
    m.run("set", f"{GUID}-A", "newer still")
    shutil.copy(m.image, m.image + ".new")
    shutil.copy(m.old, m.image)
    before = m.state()
    for verb in (["list"], ["get", f"{GUID}-A"], ["set", f"{GUID}-A", "x"], ["dump"], ["map"],
                 ["fsck"], ["fsck", "--repair"], ["info"],
                 ["export", os.path.join(folder, "x.json")], ["import", os.path.join(folder, "in.json")]):
        done = m.run(*verb)
        tap.ok(done.code == 3 and "older than its" in done.err and m.state() == before,
               f"an older image is refused: {' '.join(verb)[:20]}", done)
    done = m.run("get", "--raw", f"{GUID}-A", counter=False)
    tap.ok(done.raw == b"2", "but not without the counter", done)
    done = m.run("--rebind", "list")
    tap.ok(done.code == 0 and m.state() == before, "--rebind takes it, here for once", done)
    done = m.run("--rebind", "fsck")
    tap.ok(done.code == 4 and "older image" in done.out and m.state() == before, "fsck says so", done)
    done = m.run("--rebind", "fsck", "--repair")
    again = m.run("fsck")
    tap.ok(done.code == 5 and again.code == 0 and m.count() == m.epoch() > before[1],
           "and repairs it for good", done, again)
    shutil.copy(m.image + ".new", m.image)
    done = m.run("list")
    tap.ok(done.code == 3, "after which the newer one is the older one", done)
    done = m.run("--rebind", "set", f"{GUID}-A", "taken")
    again = m.run("get", "--raw", f"{GUID}-A")
    tap.ok(done.code == 0 and again.raw == b"taken", "a change with --rebind takes that again", done)


def counters(tap, m):
    good = content(m.counter)
    before = content(m.image)
    for what, value, code in (("one behind", b"%d\n" % (int(good) - 1), 0),
                              ("two behind", b"%d\n" % (int(good) - 2), 3),
                              ("one ahead", b"%d\n" % (int(good) + 1), 3),
                              ("that is 0", b"0\n", 3), ("that is text", b"abc\n", 3),
                              ("that is empty", b"", 3), ("at the end", b"%d\n" % (2**64 - 1), 3),
                              ("that is no number of 64 bits", b"99999999999999999999999\n", 3)):
        write(m.counter, value)
        done = m.run("list")
        tap.ok(done.code == code and (code == 0 or done.err) and content(m.counter) == value
               and content(m.image) == before, f"a counter {what}", done)
    write(m.counter, b"%d\n" % (int(good) - 1))
    done = m.run("set", f"{GUID}-A", "follows")
    tap.ok(done.code == 0 and m.count() == int(good) + 1, "one that is behind follows", done)
    shutil.copy(m.image, m.old)
    write(m.image, b"\xff" * 0x40000)
    for verb in (["list"], ["dump"], ["set", f"{GUID}-A", "x"]):
        done = m.run(*verb)
        tap.ok(done.code == 3 and "erased" in done.err and content(m.image) == b"\xff" * 0x40000,
               f"erased flash whose counter counts: {verb[0]}", done)
    done = m.run("--rebind", "set", f"{GUID}-A", "new")
    tap.ok(done.code == 0 and m.run("list").code == 0, "--rebind begins a new store", done)
    done = m.run("list", "--rebind", counter=False)
    tap.ok(done.code == 2 and "--counter" in done.err, "--rebind needs a counter", done)
    where = m.counter
    m.counter = os.path.join(os.path.dirname(where), "absent", "count")
    m.image += "-fresh"
    m.run("--create", "64K", "list", counter=False)
    done = m.run("set", f"{GUID}-A", "x")
    tap.ok(done.code == 3 and "cannot be incremented" in done.err, "a counter that cannot count", done)
    os.mkdir(os.path.dirname(m.counter))
    done = m.run("set", f"{GUID}-A", "y")
    tap.ok(done.code == 0 and m.count() == m.epoch(), "and that can again", done)


def modes(tap, folder):
    """Deployed mode is stored beside the variables: nothing is wrong with that."""
    image = os.path.join(folder, "mode.img")
    flash = ["--flash", image]
    cert = os.path.join(folder, "PK.crt")
    subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=PK/", "-keyout",
                    os.path.join(folder, "key"), "-out", cert], check=True, stderr=subprocess.PIPE)
    tool(*flash, "--create", "64K", "enroll", "--pk", cert)
    done = tool(*flash, "set", "global-DeployedMode", "--hex", "01")
    tap.ok(done.code == 0 and tool(*flash, "get", "--raw", "global-DeployedMode").raw == b"\1",
           "deployed mode is entered", done)
    done = tool(*flash, "fsck", "--repair")
    tap.ok(done.code == 0 and "1 variable, nothing is wrong" in done.out
           and tool(*flash, "get", "--raw", "global-DeployedMode").raw == b"\1",
           "fsck finds nothing wrong with it", done)
    done = tool(*flash, "dump")
    tap.ok(done.code == 0 and done.lines[-1] == "Secure Boot mode: deployed", "dump shows it", done)
    done = tool(*flash, "export", os.path.join(folder, "mode.json"))
    tap.ok(done.code == 0 and "deployed mode" in done.err, "export says that it is not in the file",
           done)
    # A repair of something else keeps it.
    tool(*flash, "set", f"{GUID}-Victim", "the damaged value")
    # The last change of a log is taken to be torn where it is damaged.
    tool(*flash, "set", f"{GUID}-Later", "x")
    blob = bytearray(content(image))
    blob[blob.find(b"the damaged value")] ^= 1
    write(image, blob)
    done = tool(*flash, "fsck", "--repair")
    tap.ok(done.code == 5 and tool(*flash, "get", "--raw", "global-DeployedMode").raw == b"\1",
           "and a repair keeps it", done)


def only_an_epoch(tap, folder):
    """A store whose last variable is lost keeps what binds it to its counter."""
    m = Machine(folder, "lonely")
    m.run("--create", "64K", "set", f"{GUID}-Victim", "the damaged value")
    m.run("set", f"{GUID}-Later", "x")
    m.run("delete", f"{GUID}-Later")
    blob = bytearray(content(m.image))
    blob[blob.find(b"the damaged value")] ^= 1
    write(m.image, blob)
    done = m.run("fsck", "--repair")
    again = m.run("fsck")
    tap.ok(done.code == 5 and again.code == 0 and m.count() == m.epoch() > 0,
           "a repair that leaves no variable keeps the binding", done, again)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        machine = Machine(folder, "machine")
        counted(tap, machine, folder)
        rolled_back(tap, machine, folder)
        counters(tap, machine)
        modes(tap, folder)
        only_an_epoch(tap, folder)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
