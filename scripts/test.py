#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Build everything, check it and run every test; the work behind 'make test'.

Steps, each announced on a line of its own:
  packages   what the build needs is installed (or named, without root)
  build      host with sanitizers, host plain, secure world, UEFI driver
  unit       everything that meson test knows, under AddressSanitizer and UBSan: unit tests,
             power cuts, and the committed corpora through every fuzz target
  system     the executables in tests/system (TAP): tool, QEMU, Linux
  style      clang-format, cppcheck, clang-tidy

The last line is 'N passed, N failed', with ', N skipped' where something was
skipped. The exit status is 0 only if nothing failed and something passed.
"""
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

BUILD = os.path.join(ROOT, "build")
JOBS = str(os.cpu_count() or 1)


class Tally:
    """What passed, failed and was skipped so far."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.failures = []

    def add(self, name, outcome, detail=""):
        if outcome == "passed":
            self.passed += 1
        elif outcome == "skipped":
            self.skipped += 1
            print(f"  skipped: {name}{': ' + detail if detail else ''}", flush=True)
        else:
            self.failed += 1
            self.failures.append(name)
            print(f"  FAILED: {name}{': ' + detail if detail else ''}", flush=True)


def step(text):
    print(f"== {text}", flush=True)


def run(command, **kwargs):
    return subprocess.run(command, cwd=ROOT, text=True, errors="replace", **kwargs)


def check(tally, name, command, timeout=900):
    """Run a command that is one test: it passes if it exits with 0."""
    try:
        done = run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                   stderr=subprocess.STDOUT, timeout=timeout)
        output, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        output = (late.stdout or b"").decode(errors="replace") + "\n(timed out)"
        code = -1
    if code:
        print("\n".join("    " + line for line in output.splitlines()[-60:]), flush=True)
    tally.add(name, "passed" if code == 0 else "failed", "" if code == 0 else f"exit status {code}")
    return code == 0


TAP_LINE = re.compile(r"^(not )?ok\b\s*\d*\s*-?\s*([^#]*)(?:#\s*(\w+)\s*(.*))?$")
TAP_PLAN = re.compile(r"^1\.\.(\d+)")


def run_group(command, timeout):
    """Run a program and, where its time is over, end it with all that it started."""
    env = dict(os.environ, PYTHONUNBUFFERED="1")
    with subprocess.Popen(command, cwd=ROOT, text=True, errors="replace", env=env,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, start_new_session=True) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
            return output, process.returncode
        except subprocess.TimeoutExpired:
            # A QEMU that is left behind would slow down every test after this one.
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return output + "\n(timed out)", -1


def check_tap(tally, name, command, timeout):
    """Run a TAP program; each of its points counts, and so does a plan that was not met."""
    output, code = run_group(command, timeout)
    plan, seen, failed = None, 0, 0
    for line in output.splitlines():
        planned = TAP_PLAN.match(line)
        point = TAP_LINE.match(line)
        if planned:
            plan = int(planned.group(1))
            if plan == 0:
                tally.add(name, "skipped", line.partition("#")[2].strip())
        elif point:
            seen += 1
            title = f"{name}: {point.group(2).strip()}"
            directive = (point.group(3) or "").lower()
            if directive == "skip":
                tally.add(title, "skipped", point.group(4))
            else:
                failed += bool(point.group(1))
                tally.add(title, "failed" if point.group(1) else "passed")
    if code != 0 and not failed or plan is None or plan != seen:
        tally.add(name, "failed", f"exit status {code}, {seen} of {plan} planned points")
        failed += 1
    if failed:
        print("\n".join("    " + line for line in output.splitlines()[-80:]), flush=True)


def configure(tally, name, options):
    """Set a build folder up (or leave it as it is) and build it."""
    folder = os.path.join(BUILD, name)
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        shutil.rmtree(folder, ignore_errors=True)
        if not check(tally, f"configure build/{name}", ["meson", "setup", folder] + options):
            return False
    return check(tally, f"build build/{name}", ["ninja", "-C", folder, "-j", JOBS])


def sources():
    listed = run(["git", "ls-files", "*.c", "*.h"], stdout=subprocess.PIPE)
    if listed.returncode == 0 and listed.stdout:
        return listed.stdout.split()
    found = []
    for room in ("abi", "normal", "secure", "machines", "ports", "tools", "tests"):
        for folder, _, files in os.walk(os.path.join(ROOT, room)):
            found += [os.path.relpath(os.path.join(folder, f), ROOT)
                      for f in files if f.endswith((".c", ".h"))]
    return sorted(found)


def style(tally):
    step("style: clang-format, cppcheck, clang-tidy")
    files = sources()
    check(tally, "clang-format", ["clang-format", "--dry-run", "-Werror"] + files)
    c_files = [f for f in files if f.endswith(".c")]
    check(tally, "cppcheck", [
        "cppcheck", "--quiet", "--std=c11", "--enable=warning,portability", "--inline-suppr",
        "--error-exitcode=1", "-j", JOBS, "-I", ".",
        "--suppressions-list=scripts/cppcheck-suppressions.txt"] + c_files)
    tidied = [f for f in c_files if f.startswith(("normal/", "secure/", "machines/host/", "tools/"))]
    check(tally, "clang-tidy", [
        "sh", "-c", 'printf "%s\\n" "$@" | xargs -P "$JOBS" -n 1 clang-tidy -p "$DB" --quiet '
        # The analyzer follows paths as long as it likes otherwise: minutes for one file.
        '--extra-arg=-Xclang --extra-arg=-analyzer-config '
        '--extra-arg=-Xclang --extra-arg=max-nodes=20000',
        "sh"] + tidied)


def unit(tally):
    step("unit: cmocka under AddressSanitizer and UBSan")
    folder = os.path.join(BUILD, "asan")
    done = run(["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs",
                # A loaded machine is slow; time alone fails nothing here.
                "--timeout-multiplier", "20"],
               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    report = os.path.join(folder, "meson-logs", "testlog.junit.xml")
    counted = 0
    if os.path.exists(report):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            name = f"{case.get('classname') or ''} {case.get('name')}".strip()
            counted += 1
            if case.find("failure") is not None or case.find("error") is not None:
                tally.add(name, "failed")
            elif case.find("skipped") is not None:
                tally.add(name, "skipped")
            else:
                tally.add(name, "passed")
    if done.returncode or not counted:
        print("\n".join("    " + line for line in done.stdout.splitlines()[-120:]), flush=True)
        if not tally.failed:
            tally.add("meson test", "failed", f"exit status {done.returncode}")


def system(tally, only):
    folder = os.path.join(ROOT, "tests", "system")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    chosen = 0
    for name in names:
        path = os.path.join(folder, name)
        if not os.path.isfile(path) or not os.access(path, os.X_OK):
            continue
        if only and only not in name:
            continue
        chosen += 1
        step(f"system: tests/system/{name}")
        began = time.monotonic()
        check_tap(tally, name, [path], timeout=600)
        print(f"   ({time.monotonic() - began:.0f} s)", flush=True)
    if not chosen:
        tally.add("system tests", "failed", f"no system test has '{only}' in its name" if only
                  else "there is none")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="run only the system tests whose name contains this")
    parser.add_argument("--style", action="store_true", help="build, and check the style only")
    parser.add_argument("--no-style", action="store_true", help="leave the style checks out")
    args = parser.parse_args()
    tally = Tally()
    os.environ["JOBS"] = JOBS
    os.environ["DB"] = os.path.join(BUILD, "host")

    step("packages")
    import packages  # pylint: disable=import-outside-toplevel
    packages.ensure_host(packages.TEST)

    step("build: host, host with sanitizers, secure world, UEFI driver")
    built = configure(tally, "host", [])
    built &= configure(tally, "asan", ["-Db_sanitize=address,undefined", "-Db_lundef=false",
                                       "-Doptimization=1"])
    built &= configure(tally, "secure", ["--cross-file", "machines/qemu-virt/cross.ini",
                                         "-Dworld=secure"])
    built &= configure(tally, "uefi", ["--cross-file", "ports/uefi-driver/cross.ini",
                                       "-Dworld=uefi"])
    if built:
        if not args.only and not args.style:
            unit(tally)
        if not args.style:
            system(tally, args.only)
        if not args.no_style and not args.only:
            style(tally)

    if tally.failures:
        step("what failed")
        for name in tally.failures:
            print(f"  {name}")
    line = f"{tally.passed} passed, {tally.failed} failed"
    if tally.skipped:
        line += f", {tally.skipped} skipped"
    print(line, flush=True)
    return 0 if tally.passed and not tally.failed else 1


if __name__ == "__main__":
    sys.exit(main())
