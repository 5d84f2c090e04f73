#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Spoil the cache maintenance of the normal-world library: a test has to fail. Prints TAP.

Each call is removed; those around the doorbell are also made too narrow, made to cover the whole
buffer, and put on its other side. The two calls with which the buffer is taken over are a pair:
either alone leaves no dirty line behind, so both are removed together.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

from tool_runner import ROOT, Tap

BUILD = os.environ.get("FFAV_HOST_BUILD", os.path.join(ROOT, "build", "host"))
LIBRARIES = [os.path.join(BUILD, "machines", "host", f"libffavars-{name}.a")
             for name in ("host", "host-partition")]
CRYPTO = ["-lmbedx509", "-lmbedcrypto"]
GCC = ["gcc", "-std=c17", "-O1", "-I", ROOT]
CALL = re.compile(r"\bffav_(?:clean|invalidate)\(")
#: What looks for spoilt calls: of all services, and of how much is maintained.
TESTS = ("test_services", "test_phases")
#: In exchange.c: what it is, what to find, what to make of it.
SPOILT = [
    ("a clean that is too narrow", r"clean\(message, written\)", "clean(message, written / 2)"),
    ("an invalidate that is too narrow", r"\(size_t\)reply->data_size\);",
     "(size_t)reply->data_size / 2);"),
    ("a clean of the whole buffer", r"clean\(message, written\)",
     "clean(mm->buffer, mm->buffer_size)"),
    ("an invalidate of the whole buffer", r"invalidate\(message \+ header_size, .*\);",
     "invalidate(mm->buffer, mm->buffer_size);"),
    ("a clean after the doorbell",
     r"(\tffav_clean\(message, written\);\n)(\tstatus = ffav_mm_doorbell\(mm\);\n)", r"\2\1"),
    ("an invalidate before the doorbell",
     r"(\tstatus = ffav_mm_doorbell\(mm\);\n[^}]*?)(\tffav_invalidate\(message, header_size\);\n)",
     r"\2\1"),
]


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, timeout=300)


def build(command):
    done = run(command)
    if done.returncode:
        sys.exit(f"Bail out! '{' '.join(command)}' failed:\n{done.stdout}")


def passes(folder, objects, mutant=()):
    """Do the tests pass with these objects before those of the library?"""
    for name in TESTS:
        program = os.path.join(folder, name)
        build(["gcc", *mutant, objects[name], objects["road"], *LIBRARIES, *LIBRARIES,
               "-lfdt", *CRYPTO, "-lpthread", "-lcmocka", "-o", program])
        if run([program]).returncode:
            return False
    return True


def notices(folder, objects, text):
    """Does a test fail with a library file that has become this text?"""
    source = os.path.join(folder, "mutant.c")
    with open(source, "w", encoding="utf-8") as f:
        f.write(text)
    build([*GCC, "-w", "-c", source, "-o", source + ".o"])
    return not passes(folder, objects, [source + ".o"])


def mutations():
    """File, what to call it, and where the calls to remove start."""
    for path in sorted(glob.glob(os.path.join(ROOT, "normal", "*", "*.c"))):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        places = [m.start() for m in CALL.finditer(text)]
        name = os.path.relpath(path, ROOT)
        groups = [places] if name.endswith("probe.c") and places else [[p] for p in places]
        for group in groups:
            lines = ", ".join(str(text.count("\n", 0, p) + 1) for p in group)
            yield text, f"{name} line {lines}", group


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        objects = {}
        for name in (*TESTS, "road"):
            objects[name] = os.path.join(folder, name + ".o")
            build([*GCC, "-c", os.path.join(ROOT, "tests", "unit", "host", name + ".c"),
                   "-o", objects[name]])
        tap.ok(passes(folder, objects), "the tests pass with nothing spoilt")
        found = 0
        for text, what, places in mutations():
            found += 1
            for place in reversed(places):
                # The arguments are still evaluated, so that nothing is unused.
                text = text[:place] + CALL.sub("(void)(", text[place:], count=1)
            tap.ok(notices(folder, objects, text), f"{what} is needed")
        tap.ok(found >= 5, "there were calls to remove")
        with open(os.path.join(ROOT, "normal", "mm", "exchange.c"), encoding="utf-8") as f:
            text = f.read()
        for what, pattern, replacement in SPOILT:
            spoilt, count = re.subn(pattern, replacement, text)
            tap.ok(count == 1 and notices(folder, objects, spoilt), f"{what} is noticed")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
