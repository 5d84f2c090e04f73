#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars: what --help, the manual page and the tool itself know is the same. Prints TAP."""
import os
import re
import sys
import tempfile

from tool_runner import ROOT, Tap, tool

PAGE = os.path.join(ROOT, "tools", "ffavars", "ffavars.1")
SOURCE = os.path.join(ROOT, "tools", "ffavars", "options.c")


def manual():
    """The page with font changes, escapes and comments taken out, by section."""
    with open(PAGE, encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r'^\.\\".*\n', "", text, flags=re.MULTILINE)
    text = re.sub(r"\\f[BIRP]", "", text).replace("\\-", "-").replace("\\(aq", "'")
    sections = re.split(r"^\.SH (.*)\n", text, flags=re.MULTILINE)
    return dict(zip(sections[1::2], sections[2::2]))


def headings(section):
    """What stands behind each .TP: the heading, without macros and quotes."""
    found = re.findall(r"^\.TP\n(.*)$", section, flags=re.MULTILINE)
    return [re.sub(r'^\.[BIR]+ ', "", line).replace('"', "") for line in found]


def main():
    tap = Tap()
    page = manual()
    with open(SOURCE, encoding="utf-8") as f:
        known = set(re.findall(r'^\t\{"([a-z-]+)", (?:no|required)_argument', f.read(),
                               flags=re.MULTILINE))
    text = tool("--help").out
    helped = set(re.findall(r"^ +(?:-\w, )?--([a-z-]+)", text, flags=re.MULTILINE))
    described = {re.search(r"--([a-z-]+)", line).group(1) for line in headings(page["OPTIONS"])}
    tap.ok(len(known) > 20 and helped == known, "--help names every option, and no other",
           helped ^ known)
    tap.ok(described == known, "and so does the manual page", described ^ known)
    verbs = re.findall(r"^  ([a-z]+) +\S", text.split("Options:")[0], flags=re.MULTILINE)
    described = [line.split()[0] for line in headings(page["VERBS"])]
    tap.ok(len(verbs) > 10 and described == verbs, "verbs, in the same order", verbs, described)
    for verb in verbs:
        done = tool(verb, "--help")
        tap.ok(done.code == 0 and done.out.startswith("Usage: ffavars --flash FILE")
               and f" {verb}" in done.lines[0] and len(done.lines) >= 3, f"{verb} --help", done)
    stated = dict(re.findall(r"(\d) (\w+)", text.split("Exit status:")[1]))
    listed = headings(page["EXIT STATUS"])
    tap.ok(sorted(stated) == sorted(listed), "exit statuses", stated, listed)
    # What one says takes --json does, and the page has its form; others refuse it.
    with tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, "image")
        tool("--flash", image, "--create", "64K", "list")
        takes = []
        for verb in verbs:
            operands = {"get": ["global-A"], "delete": ["global-A"], "set": ["global-A", "x"],
                        "append": ["global-A", "x"], "export": ["x.json"], "import": ["/absent"],
                        "enroll": ["--db", "/absent"]}.get(verb, [])
            done = tool("--flash", image, verb, "--json", *operands)
            if "does not know --json" not in done.err:
                takes.append(verb)
        tap.ok(sorted(takes) == sorted(headings(page["JSON"])),
               "verbs that take --json are those whose JSON the page describes", takes,
               headings(page["JSON"]))
    widest = max(text.splitlines(), key=len)
    tap.ok(len(widest) <= 100, "no line of --help is wider than 100 columns", widest)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
