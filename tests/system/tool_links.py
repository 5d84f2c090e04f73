#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars export where a file system cannot do all that others can: hard links, or a rename to a
free name alone. A library in front of the C library stands for such a file system, which sanitizers
do not like, so that the plain build is tested. Prints TAP."""
import errno
import os
import subprocess
import sys
import tempfile

from tool_runner import ROOT, Tap, content, write

PLAIN = os.path.join(ROOT, "build", "host", "tools", "ffavars", "ffavars")

#: Each call fails with the number in the variable of its name, or what is there is asked.
LIBRARY = b"""
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(const char *name)
{
	const char *text = getenv(name);

	if (text)
		errno = atoi(text);
	return text != NULL;
}

int link(const char *from, const char *to)
{
	return fails("LINK") ? -1 : (int)syscall(SYS_linkat, -100, from, -100, to, 0);
}

int renameat2(int a, const char *from, int b, const char *to, unsigned int flags)
{
	return fails("RENAME") ? -1 : (int)syscall(SYS_renameat2, a, from, b, to, flags);
}

int fchmod(int fd, mode_t mode)
{
	static int calls;
	const char *text = getenv("SECOND_FCHMOD");

	if (text && ++calls == 2)
		return fails("SECOND_FCHMOD") ? -1 : 0;
	return (int)syscall(SYS_fchmod, fd, mode);
}
"""

#: File systems: which calls fail, and how.
KINDS = {
    "one that has all": {},
    "one without links": {"LINK": errno.EPERM},
    "one that cannot rename so": {"RENAME": errno.EINVAL},
    "an old kernel": {"RENAME": errno.ENOSYS},
    "one that has neither": {"RENAME": errno.EINVAL, "LINK": errno.EPERM},
    "one that says so otherwise": {"RENAME": errno.EINVAL, "LINK": errno.EOPNOTSUPP},
}


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        library = os.path.join(folder, "library.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, write(library + ".c", LIBRARY)],
                       check=True)
        image = os.path.join(folder, "image")

        def run(*arguments, **failing):
            env = dict(os.environ, LD_PRELOAD=library, **{k: str(v) for k, v in failing.items()})
            return subprocess.run([PLAIN, "--flash", image, *arguments], text=True, check=False,
                                  env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

        done = run("--create", "64K", "set", "global-A", "value")
        wanted = run("export", "-", "--format", "json").stdout.encode()
        tap.ok(done.returncode == 0 and b'"A"' in wanted, "an image", done)
        places = os.path.join(folder, "places")
        for what, failing in KINDS.items():
            os.mkdir(places)
            path, link = (os.path.join(places, name) for name in ("new.json", "link.json"))
            done = run("export", path, **failing)
            tap.ok(done.returncode == 0 and content(path) == wanted, f"export to {what}", done)
            mask = os.umask(0)
            os.umask(mask)
            tap.ok(os.path.exists(path) and os.stat(path).st_mode & 0o777 == 0o666 & ~mask,
                   "with the usual mode")
            write(path, b"something of somebody")
            os.symlink("nowhere", link)
            done = [run("export", p, **failing) for p in (path, link)]
            tap.ok(all(d.returncode == 1 and "--force" in d.stdout for d in done)
                   and content(path) == b"something of somebody" and os.readlink(link) == "nowhere",
                   "where nothing is replaced", *done)
            done = run("export", "--force", path, **failing)
            tap.ok(done.returncode == 0 and content(path) == wanted
                   and sorted(os.listdir(places)) == ["link.json", "new.json"],
                   "but with --force, and nothing is left behind", done, os.listdir(places))
            for name in (path, link):
                os.unlink(name)
            os.rmdir(places)
        os.mkdir(places)
        done = run("export", os.path.join(places, "x.json"), SECOND_FCHMOD=errno.EIO,
                   **KINDS["one that has neither"])
        tap.ok(done.returncode == 3 and "Input/output error" in done.stdout
               and not os.listdir(places), "a failure in between leaves nothing behind", done,
               os.listdir(places))
        done = run("export", os.path.join(places, "x.json"), RENAME=errno.ENOSPC)
        tap.ok(done.returncode == 3 and "No space left" in done.stdout and not os.listdir(places),
               "what is wrong otherwise is said", done)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
