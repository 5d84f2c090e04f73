#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The U-Boot port's resident code, compiled as U-Boot compiles it but without its sources:
rtcheck on all of it, with every compiler and optimisation that there is. Prints TAP."""
import functools
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RTCHECK = os.path.join(ROOT, "build", "host", "tools", "rtcheck", "rtcheck")
TREE = os.path.join(ROOT, "ports", "u-boot", "tree")
DECLARATIONS = os.path.join(ROOT, "tests", "system", "uboot_declarations.h")
#: U-Boot's flags for AArch64 that matter for what a compiler makes of resident code.
UBOOT_FLAGS = ["-ffreestanding", "-fno-builtin", "-fno-pic", "-fshort-wchar", "-ffixed-x18",
               "-mgeneral-regs-only", "-mstrict-align", "-ffunction-sections", "-fdata-sections",
               "-fno-common", "-fno-strict-aliasing", "-g", "-Wall", "-Werror"]
COMPILERS = {"gcc": ["aarch64-linux-gnu-gcc"], "clang": ["clang", "--target=aarch64-linux-gnu"]}
#: U-Boot's own resident functions that the port calls.
THEIRS = {"arm_smccc_1_2_smc": "U-Boot keeps smccc-call.S in .text.efi_runtime",
          "efi_convert_pointer": "U-Boot marks it __efi_runtime"}
RESIDENT_TARGET = 16 * 1024


def makefile_list(name):
    """The sources behind a '-y' list of the port's Makefile."""
    with open(os.path.join(TREE, "Makefile"), encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    objects = re.search(rf"^{name} := (.*)$", text, re.M).group(1).split()
    return [o[:-2] + ".c" for o in objects]


def source(path):
    inside = os.path.join(TREE, path)
    return inside if os.path.exists(inside) else os.path.join(ROOT, path)


@functools.cache
def makefile_flags(compiler):
    """CFLAGS_RESIDENT of the Makefile; of the options that it tries, those that are known."""
    with open(os.path.join(TREE, "Makefile"), encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    flags = re.search(r"^CFLAGS_RESIDENT := (.*)$", text, re.M).group(1)
    known = re.sub(r"\$\(call [^)]*\)", "", flags).split()
    for option in re.findall(r"\$\(call cc-option,([^)]*)\)", flags):
        tried = subprocess.run(COMPILERS[compiler] + ["-Werror", option, "-c", "-x", "c",
                                                      "/dev/null", "-o", "/dev/null"],
                               stderr=subprocess.DEVNULL, check=False)
        if tried.returncode == 0:
            known.append(option)
    return known


def compile_one(folder, path, compiler, level, *flags):
    out = os.path.join(folder, path.replace("/", "_") + ".o")
    done = subprocess.run(COMPILERS[compiler] + UBOOT_FLAGS + [level] + makefile_flags(compiler) +
                          list(flags) + ["-c", source(path), "-o", out], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return out, done


def built_in_check(folder, objects):
    """The check that the port's Makefile makes: exit status and what it prints."""
    linked = os.path.join(folder, "resident-check.o")
    subprocess.run(["aarch64-linux-gnu-ld", "-r", "-o", linked] + list(objects), check=True)
    listed = "".join(subprocess.run(command + [linked], check=True, text=True,
                                    stdout=subprocess.PIPE).stdout
                     for command in (["aarch64-linux-gnu-nm", "-f", "sysv"],
                                     ["aarch64-linux-gnu-objdump", "-r"]))
    done = subprocess.run(["awk", "-v", f"allowed={' '.join(THEIRS)}", "-f",
                           os.path.join(TREE, "resident.awk")], input=listed, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


def headers(folder):
    """A folder in which every header of U-Boot's that is asked for is the declarations."""
    for name in ("efi.h", "efi_api.h", "efi_loader.h", "efi_variable.h", "charset.h", "log.h",
                 "malloc.h", "linux/types.h", "linux/arm-smccc.h", "linux/build_bug.h",
                 "linux/stringify.h", "linux/errno.h"):
        path = os.path.join(folder, "headers", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#include "{DECLARATIONS}"\n')
    return os.path.join(folder, "headers")


def main():
    points = []

    def point(good, name, output=""):
        points.append(good)
        print(f"{'ok' if good else 'not ok'} {len(points)} - {name}", flush=True)
        if not good:
            for line in str(output).splitlines()[-40:]:
                print(f"# {line}")

    def rtcheck(objects, allowed=True):
        command = [RTCHECK]
        if allowed:
            command += [f"--allow={name}={why}" for name, why in THEIRS.items()]
        done = subprocess.run(command + objects, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout

    library, uboot = makefile_list("library-y"), ["port/runtime.c", "port/backend.c",
                                                  "port/errno.c"]
    with tempfile.TemporaryDirectory(prefix="ffavars-") as folder:
        fakes = headers(folder)
        library_flags = ["-include", os.path.join(TREE, "port", "library.h"), "-I", ROOT,
                         "-I", os.path.join(TREE, "port"), "-fbuiltin", "-std=gnu11"]
        uboot_flags = ["-I", fakes, "-I", os.path.join(TREE, "port"), "-std=gnu11"]
        for compiler in COMPILERS:
            for level in ("-Os", "-O2"):
                kind = f"{compiler} {level}"
                objects, errors = {}, ""
                for path, flags in [(p, library_flags) for p in library] + \
                                   [(p, uboot_flags) for p in uboot]:
                    objects[path], done = compile_one(folder, path, compiler, level, *flags)
                    errors += done.stdout
                point(not errors, f"{kind}: everything compiles without a warning", errors)
                if errors:
                    continue
                code, out = rtcheck(list(objects.values()))
                point(code == 0 and " 0 references" in out and "never used" not in out,
                      f"{kind}: nothing resident refers to what is gone", out)
                code, out = rtcheck(list(objects.values()), allowed=False)
                point(code == 1 and "2 references" in out,
                      f"{kind}: it asks U-Boot for two resident functions", out)
                fewer = [o for p, o in objects.items() if p != "ports/resident/memory.c"]
                code, out = rtcheck(fewer)
                point(code == 1 and "ffavars_mem" in out,
                      f"{kind}: without memory.c its calls would be seen", out)

                # What the build inside U-Boot does with the same objects.
                code, out = built_in_check(folder, objects.values())
                point(code == 0 and not out, f"{kind}: the check of U-Boot's build agrees", out)
                code, out = built_in_check(folder, fewer)
                point(code == 1 and "ffavars_mem" in out,
                      f"{kind}: and would end it without memory.c", out)

                sizes = subprocess.run(["aarch64-linux-gnu-size", "-A"] + list(objects.values()),
                                       check=True, text=True, stdout=subprocess.PIPE).stdout
                resident = sum(int(n) for n in
                               re.findall(r"^\.(?:text|data|rodata)\.efi_runtime\s+(\d+)", sizes,
                                          re.M))
                point(0 < resident <= RESIDENT_TARGET,
                      f"{kind}: it adds {resident} resident bytes, at most {RESIDENT_TARGET}")

        out, done = compile_one(folder, "port/runtime.c", "gcc", "-Os",
                                '-DTEXT_SECTION=".text.elsewhere"', *uboot_flags)
        point(done.returncode and "sections.h does not match" in done.stdout,
              "a U-Boot that keeps resident code elsewhere is refused", done.stdout)

        # What a review would have to find by eye.
        with open(source("port/runtime.c"), encoding="utf-8") as file:
            changed = file.read()
        path = os.path.join(folder, "runtime_changed.c")
        built = os.path.join(folder, "runtime_changed.o")
        with open(path, "w", encoding="utf-8") as file:
            file.write(changed.replace("return ffavars_set(",
                                       "printf(__func__); return ffavars_set("))
        subprocess.run(COMPILERS["gcc"] + UBOOT_FLAGS + ["-Os"] + uboot_flags +
                       ["-c", path, "-o", built], check=True)
        others = [compile_one(folder, p, "gcc", "-Os", *library_flags)[0] for p in library]
        for name, (code, out) in (("rtcheck", rtcheck(others + [built])),
                                  ("U-Boot's build", built_in_check(folder, others + [built]))):
            point(code == 1 and "printf" in out, f"{name} finds a log line in a runtime entry", out)
    print(f"1..{len(points)}")
    return 0 if all(points) else 1


if __name__ == "__main__":
    sys.exit(main())
