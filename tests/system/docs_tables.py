#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Each test and file that a table of docs/variables.md, docs/ffa.md or docs/threat-model.md names
is there. Prints TAP."""
import glob
import os
import re
import sys

from tool_runner import ROOT, Tap

#: A document: where its tests and files are looked for, and how its test column names a test.
DOCUMENTS = {
    "docs/variables.md": (["tests/unit/variables", "tests/unit/auth"], "secure/variables"),
    "docs/ffa.md": (["tests/unit/spmc"], "secure/spmc"),
}
CASE = re.compile(r"\b(?:CASE|cmocka_unit_test\w*)\((\w+)")
#: A test by its name alone, with or without the file or chapter in front of it.
FILE_AND_CASE = re.compile(r"(?:`([\w/.]+\.(?:c|py))`)?\s*([\w*]*)$")
CHAPTER_AND_CASE = re.compile(r"`(?:(\w+): )?([\w*]+)`$")


def rows(path):
    """(line, heading cells, cells) of each row of each table."""
    heads = None
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("|"):
                heads = None
                continue
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if heads is None:
                heads = [c.lower() for c in cells]
            elif not set(line) <= set("|-: \n"):
                yield number, heads, cells


def find(folders, name):
    """A file by its name, or by its path in the tree."""
    for candidate in [name] + [os.path.join(folder, name) for folder in folders]:
        if os.path.isfile(os.path.join(ROOT, candidate)):
            return os.path.join(ROOT, candidate)
    return None


def cases(path):
    """The test functions that a file runs, not only has."""
    with open(path, encoding="utf-8") as file:
        return set(CASE.findall(file.read()))


def among(name, known):
    pattern = re.compile(name.replace("*", r"\w+") + "$")
    return any(pattern.match(k) for k in known)


class Column:
    """The test column of a document, read from top to bottom: a file named once is meant until the
    next one."""

    def __init__(self, folders):
        self.folders = folders
        self.file = None

    def wrong(self, cell):
        """What this cell names and is not there, and how many tests it names."""
        problems, count = [], 0
        for part in re.split(r",\s*(?![^(]*\))|;\s*", cell):
            part = re.sub(r"\s*\(.*\)$", "", part.strip())
            match = FILE_AND_CASE.match(part)
            chapter = CHAPTER_AND_CASE.match(part)
            if chapter and not part.strip("`").endswith((".c", ".py")):
                file = f"test_{chapter.group(1)}.c" if chapter.group(1) else None
                name = chapter.group(2)
            elif match and part:
                file, name = match.groups()
            else:
                continue
            if file:
                self.file = find(self.folders, file)
                if not self.file:
                    problems.append(file)
                    continue
            count += 1
            if name and (not self.file or not among(name, cases(self.file))):
                problems.append(f"{name} in {self.file or 'no file'}")
        return problems, count


def check(tap, path):
    tests, room = DOCUMENTS[path]
    column = Column(tests)
    named = 0
    for number, heads, cells in rows(path):
        if heads[-1] != "test":
            continue
        problems, count = column.wrong(cells[-1])
        files = re.findall(r"`([\w/.]+\.[ch])`", cells[heads.index("file")])
        problems += [f for f in files if not find([room], f)]
        named += count
        if problems:
            tap.ok(False, f"{path}:{number}", *(f"not there: {p}" for p in problems))
        elif not count and cells[-1] != "the same" and path == "docs/variables.md":
            tap.ok(False, f"{path}:{number} names a test", cells[-1])
    tap.ok(named > 20, f"{path}: the {named} tests that its tables name are there")


def unnamed(tap):
    """A test file of the variable service that no table mentions proves something nobody can find."""
    with open(os.path.join(ROOT, "docs/variables.md"), encoding="utf-8") as file:
        text = file.read()
    missing = [os.path.basename(p) for folder in DOCUMENTS["docs/variables.md"][0]
               for p in sorted(glob.glob(os.path.join(ROOT, folder, "test_*.c")))
               if os.path.basename(p) not in text]
    tap.ok(not missing, "docs/variables.md mentions each test of the variable service", *missing)


def paths(tap, path):
    """A document that names tests by their paths below tests/, not one by one."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        named = re.findall(r"`((?:fuzz|powercut|system|unit)/[\w/.]*)`", file.read())
    missing = sorted({n for n in named if not os.path.exists(os.path.join(ROOT, "tests", n))})
    tap.ok(len(named) > 20 and not missing, f"{path}: the {len(set(named))} tests and folders that it "
           "names are there", *missing)


def main():
    tap = Tap()
    paths(tap, "docs/threat-model.md")
    for path in DOCUMENTS:
        check(tap, path)
    unnamed(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
