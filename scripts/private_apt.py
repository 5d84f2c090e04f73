# SPDX-License-Identifier: BSD-3-Clause
"""An apt state of our own, so that packages of another architecture can be downloaded
without touching the machine's. Mirror, suites and keys are those of the machine's own
configuration; apt checks the signature of the lists and, through them, every file."""
import glob
import os
import re
import subprocess
import sys


def machine_sources(kind):
    """The machine's sources of packages with a main component, as deb822 stanzas. @kind: deb
    for binary packages, deb-src for source packages, wherever the machine gets its own."""
    stanzas = []
    for path in sorted(glob.glob("/etc/apt/sources.list.d/*.sources")):
        with open(path, encoding="utf-8") as file:
            text = "".join(line for line in file if not line.startswith("#"))
        stanzas += [s.strip() for s in re.split(r"\n\s*\n", text) if s.strip()]
    for path in ["/etc/apt/sources.list"] + sorted(glob.glob("/etc/apt/sources.list.d/*.list")):
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            for line in file:
                match = re.match(r"deb\s+(\[[^]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]+)", line)
                if not match or match.group(2).startswith("cdrom:"):
                    continue
                stanza = (f"Types: deb\nURIs: {match.group(2)}\nSuites: {match.group(3)}\n"
                          f"Components: {match.group(4).strip()}")
                signed = re.search(r"signed-by=([^\s\]]+)", match.group(1) or "")
                if signed:
                    stanza += f"\nSigned-By: {signed.group(1)}"
                stanzas.append(stanza)
    # Only Debian's own: they carry the release's name, and third parties have no arm64 Linux.
    release = codename()
    return [re.sub(r"^(Architectures|Types):.*\n?", "", s, flags=re.M) + f"\nTypes: {kind}"
            for s in stanzas
            if re.search(r"^Types:.*\bdeb\b", s, re.M)
            and re.search(r"^Components:.*\bmain\b", s, re.M)
            and re.search(rf"^Suites:.*\b{release}\b", s, re.M)
            and not re.search(r"^Enabled:\s*no\b", s, re.M | re.I)]


def codename():
    with open("/etc/os-release", encoding="utf-8") as file:
        match = re.search(r"^VERSION_CODENAME=(\w+)", file.read(), re.M)
    if not match:
        sys.exit("/etc/os-release does not name a release, so this machine's apt sources "
                 "cannot be told from others. This command sets itself up on Debian 12.")
    return match.group(1)


class PrivateApt:
    """apt-get and apt-cache on a state of their own in a directory."""

    def __init__(self, directory, architecture, kind="deb"):
        stanzas = machine_sources(kind)
        if not stanzas:
            sys.exit("This machine's apt configuration (/etc/apt/sources.list and "
                     f"sources.list.d) has no source for {codename()} with a main component, "
                     "so there is nowhere to download packages from.")
        directory = os.path.abspath(directory)
        for sub in ("lists/partial", "cache/archives/partial", "sources"):
            os.makedirs(os.path.join(directory, sub), exist_ok=True)
        with open(os.path.join(directory, "status"), "a", encoding="utf-8"):
            pass
        with open(os.path.join(directory, "sources", "machine.sources"), "w",
                  encoding="utf-8") as file:
            file.write("\n\n".join(stanzas) + "\n")
        self.options = ["-q", "-q"]
        for key, value in (("Dir::State::Lists", "lists"), ("Dir::State::status", "status"),
                           ("Dir::Cache", "cache"), ("Dir::Etc::sourceparts", "sources"),
                           ("Dir::Etc::sourcelist", "no-such-file")):
            self.options += ["-o", f"{key}={os.path.join(directory, value)}"]
        self.options += ["-o", f"APT::Architecture={architecture}",
                         "-o", f"APT::Architectures::={architecture}",
                         "-o", "Acquire::Languages=none", "-o", "APT::Sandbox::User=root"]

    def run(self, program, *arguments, cwd=None):
        """Run apt-get or apt-cache; return what it printed, or stop with its message."""
        done = subprocess.run([program] + self.options + list(arguments), cwd=cwd, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            print(done.stdout + done.stderr)
            sys.exit(f"'{program} {' '.join(arguments)}' failed with exit status "
                     f"{done.returncode}; its output is above.")
        return done.stdout
