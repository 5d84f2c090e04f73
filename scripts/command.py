# SPDX-License-Identifier: BSD-3-Clause
"""Running other programs for what they print."""
import subprocess
import sys


def run(command, **kwargs):
    """What the command prints on its standard output; where it fails, end with all that it said."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False, **kwargs)
    if done.returncode:
        sys.exit(f"'{' '.join(command)}' failed with exit status {done.returncode}:\n"
                 f"{done.stdout}{done.stderr}")
    return done.stdout
