# SPDX-License-Identifier: BSD-3-Clause
"""How the tests of ffavars run it, and the TAP that they print."""
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FFAVARS = os.environ.get("FFAVARS", os.path.join(ROOT, "build", "asan", "tools", "ffavars",
                                                 "ffavars"))
GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"


class Done:
    """A run of the tool that has ended."""

    def __init__(self, command, code, raw, err):
        self.command = command
        self.code = code
        self.raw = raw
        self.out = raw.decode(errors="replace")
        self.lines = self.out.splitlines()
        # What AddressSanitizer has to say about coroutines, whatever they do.
        self.err = "".join(line for line in err.decode(errors="replace").splitlines(True)
                           if "makecontext/swapcontext" not in line)

    def __str__(self):
        return f"{' '.join(self.command)[:300]}\nexit status {self.code}\n{self.out}\n{self.err}"


def tool(*arguments, stdin=b""):
    """Run ffavars; a crash or a sanitizer's finding has an exit status that no test expects."""
    done = subprocess.run([FFAVARS, *arguments], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, check=False,
                          env=dict(os.environ, ASAN_OPTIONS="exitcode=99",
                                   UBSAN_OPTIONS="halt_on_error=1:exitcode=99"))
    return Done(["ffavars", *arguments],
                done.returncode, done.stdout, done.stderr)


def content(path):
    """All bytes of a file."""
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    """Make a file of these bytes, and return its path."""
    with open(path, "wb") as f:
        f.write(data)
    return path


class Tap:
    """Test points, numbered."""

    def __init__(self):
        self.count = 0
        self.failed = 0
        print("TAP version 13", flush=True)

    def ok(self, good, what, *details):
        """One point; the details are printed if it is not good."""
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {what}", flush=True)
        if not good:
            for detail in details:
                for line in str(detail).splitlines():
                    print(f"# {line}", flush=True)

    def end(self):
        """The plan, and the exit status."""
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0
