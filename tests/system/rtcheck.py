#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""rtcheck against one object per kind of violation, compiled here. Prints TAP."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RTCHECK = os.path.join(ROOT, "build", "asan", "tools", "rtcheck", "rtcheck")
GCC = ["aarch64-linux-gnu-gcc", "-c", "-Os", "-g", "-ffreestanding", "-fno-pic",
       "-fno-stack-protector", "-mno-outline-atomics", "-fno-inline"]
CLANG = ["clang", "--target=aarch64-unknown-windows", "-c", "-Os", "-ffreestanding",
         "-fshort-wchar", "-fno-inline"]

RESIDENT = """
#define __rt __attribute__((section(".text.efi_runtime"), noinline, noclone))
#define __rt_data __attribute__((section(".data.efi_runtime")))
#define __rt_rodata __attribute__((section(".rodata.efi_runtime")))
int log_line(const char *text, ...);
"""

CLEAN = RESIDENT + """
__rt_data int counter;
__rt static int inner(int a) { return a + counter; }
__rt int entry(int a) { counter = a; return inner(a) * 3; }
int outside(int a) { return entry(a); }
"""

# name, source, extra compiler flags, words that the report must hold
VIOLATIONS = [
    ("a log call three calls deep", RESIDENT + """
__rt_data const char *text;
__rt static int deepest(int a) { return log_line(text) + a; }
__rt static int deeper(int a) { return deepest(a + 1) * 5; }
__rt static int deep(int a) { return deeper(a + 2) * 3; }
__rt int entry(int a) { return deep(a) + 1; }
int log_line(const char *t, ...) { return t != 0; }
""", [], ["entry -> deep -> deeper -> deepest -> log_line", "input.c:", "log_line in .text"]),
    ("a taken address", RESIDENT + """
int boot_only(int a) { return a; }
__rt_data int (*hook)(int);
__rt void entry(void) { hook = boot_only; }
""", [], ["entry", "boot_only"]),
    ("a pointer in resident data", RESIDENT + """
int boot_only(int a) { return a; }
__rt_data int (*hook)(int) = boot_only;
""", [], ["hook", "boot_only"]),
    ("ordinary data", RESIDENT + """
int boot_flag = 3;
__rt int entry(void) { return boot_flag; }
""", [], ["entry", "boot_flag in .data"]),
    ("a string literal", RESIDENT + """
__rt int entry(int (*say)(const char *)) { return say("not resident"); }
""", [], ["string literal", ".rodata.str"]),
    ("a switch table", RESIDENT + """
int f0(void); int f1(void); int f2(void); int f3(void); int f4(void); int f5(void);
__rt int entry(unsigned int n)
{
	switch (n) {
	case 0: return 17; case 1: return 3; case 2: return 99; case 3: return 4;
	case 4: return 23; case 5: return 8; case 6: return 71; case 7: return 1;
	}
	return -1;
}
""", [], [".rodata"]),
    ("a memcpy made by the compiler", RESIDENT + """
struct big { char b[400]; };
__rt void entry(struct big *a, const struct big *b) { *a = *b; }
""", [], ["memcpy, which nothing here defines"]),
    ("the stack protector", RESIDENT + """
void fill(char *p);
__rt int entry(void (*fill_it)(char *)) { char b[64]; fill_it(b); return b[3]; }
""", ["-fstack-protector-all"], ["__stack_chk_fail"]),
    ("outlined atomics", RESIDENT + """
__rt int entry(int *p) { return __atomic_fetch_add(p, 1, __ATOMIC_ACQ_REL); }
""", ["-moutline-atomics"], ["__aarch64_ldadd4_acq_rel"]),
    ("a weak resident definition that a strong one replaces", None, [], ["replaced in .text"]),
    ("an alias", RESIDENT + """
int real(int a) { return a + 7; }
int alias(int a) __attribute__((alias("real")));
__rt int entry(int a) { return alias(a); }
""", [], ["entry", "in .text"]),
    ("a branch behind a test of the phase", RESIDENT + """
__rt_data int at_runtime;
__rt_data int bus;
int boot_call(int a) { return a; }
__rt int entry(int a)
{
	if (at_runtime)
		return a;
	else
		return boot_call(a) + 1;
}
""", [], ["boot_call"]),
    ("a resident notify function that logs when the bus is missing", RESIDENT + """
__rt_data void *bus;
int bus_sync_send(void *b, int part, void *msg);
int bus_sync_send(void *b, int part, void *msg) { return b == msg && part; }
__rt static int notify(int part, void *msg)
{
	if (!bus) {
		log_line("EFI: no FF-A bus\\n");
		return -22;
	}
	return bus_sync_send(bus, part, msg);
}
__rt int set_variable_runtime(void *msg) { return notify(1, msg); }
""", [], ["set_variable_runtime -> notify -> log_line",
          "set_variable_runtime -> notify -> bus_sync_send", "string literal"]),
]

LINKER_SCRIPT = """
SECTIONS {
	. = 0x10000;
	.text : { *(.text) }
	.efi_runtime : { *(.text.efi_runtime*) *(.rodata.efi_runtime*) *(.data.efi_runtime*) }
	.data : { *(.data) *(.rodata*) *(.bss) }
}
"""

WEAK_A = RESIDENT + """
__rt __attribute__((weak)) int replaced(int a) { return a; }
__rt int entry(int a) { return replaced(a) + 1; }
"""
WEAK_B = "int replaced(int a) { return a * 9; }\n"

COFF = """
#define __rt __attribute__((section(".text$efirt"), noinline))
int boot_only(int a) { return a + 1; }
__rt static int other(int a) { return a * 5; }
__rt static int inner(int a) { return %s(a) * 3; }
__rt int entry(int a) { return inner(a) + other(a); }
"""

points = []


def point(name, ok, detail=""):
    points.append(ok)
    print(f"{'ok' if ok else 'not ok'} {len(points)} - {name}", flush=True)
    if not ok:
        for line in detail.splitlines():
            print("#   " + line)


def compile_to(folder, name, source, flags=(), compiler=None):
    path = os.path.join(folder, name + ".c")
    out = os.path.join(folder, name + ".o")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    # A bare file name, so that reports are the same wherever the test runs.
    subprocess.run((compiler or GCC) + list(flags) + [name + ".c", "-o", out],
                   check=True, cwd=folder)
    return out


def check(*args):
    done = subprocess.run([RTCHECK] + list(args), text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, errors="replace")
    return done.returncode, done.stdout


def main():
    with tempfile.TemporaryDirectory() as folder:
        clean = compile_to(folder, "clean", CLEAN)
        code, out = check(clean)
        point("a clean object passes", code == 0 and "0 references" in out, out)

        for name, source, flags, words in VIOLATIONS:
            if source is None:
                inputs = [compile_to(folder, "weak_a", WEAK_A)]
                code, out = check(*inputs)
                point("a weak resident definition alone passes", code == 0, out)
                inputs.append(compile_to(folder, "weak_b", WEAK_B))
            else:
                inputs = [compile_to(folder, "input", source, flags)]
            code, out = check(*inputs)
            point(name + " is reported",
                  code == 1 and all(word in out for word in words), out)

        planted = compile_to(folder, "input", VIOLATIONS[0][1])
        code, out = check("--allow", "log_line=the test wants it", planted)
        point("an allowed symbol passes, and its reason is printed",
              code == 0 and "the test wants it" in out, out)
        code, out = check("--allow", "entry:log_line=another function's", planted)
        point("an allowance for another function does not", code == 1 and "never used" in out, out)
        code, out = check("--entry", "deeper", planted)
        point("chains start where they are told to", "    deeper -> deepest -> log_line" in out, out)
        code, out = check("--resident", ".nothing", planted)
        point("nothing resident is an error, not a pass", code == 2, out)

        archive = os.path.join(folder, "lib.a")
        subprocess.run(["aarch64-linux-gnu-ar", "crs", archive, clean, planted], check=True)
        code, out = check(archive)
        point("a member of an archive is named, with its source line",
              code == 1 and "input.c:" in out, out)

        script = os.path.join(folder, "linked.lds")
        with open(script, "w", encoding="utf-8") as file:
            file.write(LINKER_SCRIPT)
        ld = ["aarch64-linux-gnu-ld", "-e", "entry", "-T", script]
        linked = os.path.join(folder, "linked")
        subprocess.run(ld + ["--emit-relocs", planted, "-o", linked], check=True)
        code, out = check(linked)
        point("a linked file with relocations is read",
              code == 1 and "-> deepest -> log_line" in out, out)
        subprocess.run(ld + [planted, "-o", linked], check=True)
        code, out = check(linked)
        point("a linked file without them is refused", code == 2 and "--emit-relocs" in out, out)

        coff = compile_to(folder, "coff", COFF % "other", compiler=CLANG)
        code, out = check(coff)
        point("a clean COFF object passes", code == 0, out)
        coff = compile_to(folder, "coff", COFF % "boot_only", compiler=CLANG)
        code, out = check(coff)
        point("a COFF object with a boot-only call is reported",
              code == 1 and "entry -> inner -> boot_only" in out, out)

        hostile(folder, planted, coff)

    print(f"1..{len(points)}")
    return 0 if all(points) else 1


def hostile(folder, elf, coff):
    path = os.path.join(folder, "hostile.o")

    def refused(name, data):
        with open(path, "wb") as file:
            file.write(data)
        code, out = check(path)
        point(name, code == 2 and "rtcheck: " in out and "Sanitizer" not in out, out)

    refused("an empty file is refused", b"")
    refused("text is refused", b"this is not an object file\n" * 20)
    code, out = check(os.path.join(folder, "absent.o"))
    point("a missing file is refused", code == 2 and "cannot be opened" in out, out)
    with open(sys.executable, "rb") as file:
        refused("a file for another machine is refused", file.read())
    for kind, original in (("ELF", elf), ("COFF", coff)):
        with open(original, "rb") as file:
            data = file.read()
        bad = []
        # Every length would take minutes; these steps meet every structure of the file.
        for cut in list(range(0, 200, 3)) + list(range(200, len(data), 61)):
            with open(path, "wb") as file:
                file.write(data[:cut])
            code, out = check(path)
            if code not in (0, 1, 2) or "Sanitizer" in out:
                bad.append(f"cut at {cut}: {out}")
        point(f"a truncated {kind} object never crashes it", not bad, "\n".join(bad))
        bad = []
        for at in range(0, len(data), max(1, len(data) // 150)):
            broken = bytearray(data)
            broken[at:at + 4] = b"\xff\xff\xff\xff"
            with open(path, "wb") as file:
                file.write(broken)
            code, out = check(path)
            if code not in (0, 1, 2) or "Sanitizer" in out:
                bad.append(f"damaged at {at}: {out}")
        point(f"a damaged {kind} object never crashes it", not bad, "\n".join(bad))


if __name__ == "__main__":
    sys.exit(main())
