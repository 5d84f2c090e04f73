#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Remove each cache maintenance call of the normal-world library: a test has to fail. Prints TAP.

The two calls with which the buffer is taken over are a pair: either alone leaves no dirty line
behind, so both are removed together.
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
GCC = ["gcc", "-std=c17", "-O1", "-I", ROOT]
CALL = re.compile(r"\bffav_(?:clean|invalidate)\(")


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, timeout=300)


def build(command):
    done = run(command)
    if done.returncode:
        sys.exit(f"Bail out! '{' '.join(command)}' failed:\n{done.stdout}")


def passes(folder, objects):
    """Does the test of all services pass with these objects before those of the library?"""
    program = os.path.join(folder, "services")
    build(["gcc", *objects, *LIBRARIES, *LIBRARIES, "-lfdt", "-lpthread", "-lcmocka",
           "-o", program])
    return run([program]).returncode == 0


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
        objects = []
        for name in ("test_services", "road"):
            objects.append(os.path.join(folder, name + ".o"))
            build([*GCC, "-c", os.path.join(ROOT, "tests", "unit", "host", name + ".c"),
                   "-o", objects[-1]])
        tap.ok(passes(folder, objects), "the test passes with nothing removed")
        found = 0
        for text, what, places in mutations():
            found += 1
            for place in reversed(places):
                # The arguments are still evaluated, so that nothing is unused.
                text = text[:place] + CALL.sub("(void)(", text[place:], count=1)
            source = os.path.join(folder, "mutant.c")
            with open(source, "w", encoding="utf-8") as f:
                f.write(text)
            build([*GCC, "-w", "-c", source, "-o", source + ".o"])
            tap.ok(not passes(folder, [source + ".o", *objects]), f"{what} is needed")
        tap.ok(found >= 5, "there were calls to remove")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
