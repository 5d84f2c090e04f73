#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run every fuzz target for a while; the work behind 'make fuzz'.

Each starts from its committed corpus. What it finds on the way goes to
build/fuzz-corpus; an input that breaks something goes to build/fuzz-findings,
is named, and makes the exit status 1.
"""
import argparse
import glob
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import packages  # pylint: disable=wrong-import-position

BUILD = os.path.join(ROOT, "build", "fuzz")


def build():
    packages.ensure_host(packages.TEST)
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        subprocess.run(["meson", "setup", BUILD, "-Dfuzz=true", "-Db_lundef=false",
                        "-Doptimization=1"], check=True, cwd=ROOT,
                       env=dict(os.environ, CC="clang"), stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", BUILD, "--quiet", "fuzz-targets"], check=True)


def run(program, seconds):
    """Fuzz one target; True if nothing was found."""
    name = os.path.basename(program).removeprefix("fuzz_")
    grown = os.path.join(ROOT, "build", "fuzz-corpus", name)
    findings = os.path.join(ROOT, "build", "fuzz-findings", name)
    committed = os.path.join(ROOT, "tests", "fuzz", "corpus", name)
    os.makedirs(grown, exist_ok=True)
    os.makedirs(findings, exist_ok=True)
    print(f"== {name}: {seconds} s", flush=True)
    done = subprocess.run(
        [program, f"-max_total_time={seconds}", "-timeout=20", "-print_final_stats=1",
         # The targets' own output would drown what the fuzzer says.
         "-close_fd_mask=3", f"-artifact_prefix={findings}/", grown, committed],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, errors="replace")
    for line in done.stdout.splitlines():
        if "number_of_executed_units" in line or "new_units_added" in line:
            print("   " + line)
    if done.returncode:
        print("\n".join(done.stdout.splitlines()[-60:]))
        print(f"   {name} found something; repeat with: {os.path.relpath(program, ROOT)} FILE, "
              f"the file is in {os.path.relpath(findings, ROOT)}")
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("target", nargs="*", help="only these, such as spmc")
    args = parser.parse_args()
    build()
    programs = sorted(p for p in glob.glob(os.path.join(BUILD, "tests", "fuzz", "fuzz_*"))
                      if os.access(p, os.X_OK) and not os.path.isdir(p))
    wanted = [p for p in programs
              if not args.target or os.path.basename(p).removeprefix("fuzz_") in args.target]
    if not wanted:
        sys.exit("There is no such fuzz target; there are: " +
                 ", ".join(os.path.basename(p).removeprefix("fuzz_") for p in programs))
    clean = [run(program, args.seconds) for program in wanted]
    print(f"{sum(clean)} of {len(clean)} targets ran without a finding")
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
