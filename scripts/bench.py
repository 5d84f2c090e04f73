#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Measure what service calls cost; the work behind 'make bench'.

Instructions are counted by callgrind on this machine, at optimisation level 2,
inside the partition's message entry (server) or the service function (client,
against a transport that only echoes). Flash traffic is counted by the bench's
own flash. Sizes are those of AArch64 code at -Os. Every table prints what was
measured beside the target and beside the best that exists elsewhere; those
last figures are quoted from measurements of other projects, not taken here.

  bench.py            everything
  bench.py --quick    100 and 1,000 variables only, fewer calls
"""
import argparse
import glob
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import bench_arena  # pylint: disable=wrong-import-position
import bench_image  # pylint: disable=wrong-import-position
from command import run   # pylint: disable=wrong-import-position
import latency      # pylint: disable=wrong-import-position
import managercost  # pylint: disable=wrong-import-position
import packages     # pylint: disable=wrong-import-position
import record       # pylint: disable=wrong-import-position
import share_cost   # pylint: disable=wrong-import-position

BUILD = os.path.join(ROOT, "build", "bench")
PROGRAMS = os.path.join(BUILD, "tests", "bench")

#: Best existing figures, quoted: instructions per call at 10, 100, 1,000, 10,000 variables.
QUOTED = {
    "get": (602, 2555, 23615, 629820),
    "miss": (743, 4793, 45293, 1171078),
    "overwrite": (5036, 10260, 70263, 574736),
    "create": (6459, 16688, 118320, 1133355),
    "delete": None,
    "next": (663, 2635, 22880, 585871),
}
#: Our targets, up to 1,000 variables and at 10,000.
TARGETS = {
    "get": (500, 600), "miss": (500, 600),
    "overwrite": (2000, 2400), "create": (2000, 2400), "delete": (2000, 2400),
    "next": (500, 600),
}
TITLES = {
    "get": "get, random hit", "miss": "get, miss", "overwrite": "overwrite",
    "create": "create", "delete": "delete", "next": "enumeration step",
}
#: Calls that compute checksums.
WRITES = ("overwrite", "create", "delete")
#: Bytes programmed per 64-byte overwrite in 256 KiB, amortised.
FLASH_TARGETS = {10: 112, 100: 120, 1000: 260}
FLASH_QUOTED = {10: (579, 119), 100: (602, 140), 1000: (1104, None)}
#: Stock client: SMCs, bytes copied, instructions.
CLIENT = {
    "get": ("GetVariable with attributes", (2, 724, 1185), (1, 200, 400)),
    "set": ("SetVariable", (2, 724, 1324), (1, 200, 400)),
}
#: Statuses of a GetVariable that found its variable, as they are in a message.
SUCCESS = struct.pack("<Q", 0)
TOO_SMALL = struct.pack("<Q", 1 << 63 | 5)
#: Calls of machines/qemu-virt/test/cost.c, and how long QEMU may take for all of them.
SERVICES = {
    "get": "GetVariable, random hit", "set": "SetVariable, overwrite",
    "next": "GetNextVariableName", "query": "QueryVariableInfo",
}
SECONDS = 300
SECTORS = 64
SECTOR = 4096


def build():
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        run(["meson", "setup", BUILD, "-Doptimization=2", "-Ddebug=true"], cwd=ROOT)
    run(["ninja", "-C", BUILD, "-j", "2", "tests/bench/bench_server",
         "tests/bench/bench_server_instruction", "tests/bench/bench_client",
         "tests/bench/bench_auth", "tests/bench/bench_store", "tests/bench/bench_manager"])


def instructions(program, arguments, toggles):
    """Instructions inside the functions that switch collection, and the program's output."""
    with tempfile.NamedTemporaryFile(prefix="ffavars-bench-") as out:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}",
                   "--collect-atstart=no", *[f"--toggle-collect={t}" for t in toggles],
                   os.path.join(PROGRAMS, program), *map(str, arguments)]
        # callgrind counts a repeated string instruction once per repetition.
        env = dict(os.environ, GLIBC_TUNABLES="glibc.cpu.hwcaps=-ERMS,-FSRM")
        text = run(command, env=env)
        with open(out.name, encoding="utf-8", errors="replace") as f:
            found = re.search(r"^(?:totals|summary): (\d+)", f.read(), re.MULTILINE)
    if not found or not int(found.group(1)):
        sys.exit(f"callgrind has collected nothing in {program} {arguments}.")
    return int(found.group(1)), [int(n) for n in text.split()]


def table(title, heads, rows):
    widths = [max(len(str(r[i])) for r in [heads] + rows) for i in range(len(heads))]
    print(f"\n{title}")
    for row in [heads, ["-" * w for w in widths]] + rows:
        cells = [str(c).ljust(w) if i == 0 else str(c).rjust(w)
                 for i, (c, w) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())


def verdict(value, target):
    return "met" if value <= target else "MISSED"


def number(value):
    return "-" if value is None else f"{value:,}"


def server_instructions(sizes, calls):
    rows = []
    for operation, title in TITLES.items():
        for n in sizes:
            # 10,000 variables use 4 MiB.
            sectors = SECTORS if n <= 1000 else 1024
            made = max(calls, n) if operation == "next" else calls
            total, result = instructions("bench_server", [operation, n, made, sectors, 4],
                                         ["measured"])
            target = TARGETS[operation][n > 1000]
            value = round(total / result[0])
            quoted = QUOTED[operation]
            fast = None
            if operation in WRITES:
                total, result = instructions("bench_server_instruction",
                                             [operation, n, made, sectors, 4], ["measured"])
                fast = round(total / result[0])
            rows.append([title if n == sizes[0] else "", number(n), number(value),
                         number(target), verdict(value, target), number(fast),
                         number(quoted[(10, 100, 1000, 10000).index(n)] if quoted else None)])
    table("Server, instructions per call (callgrind, x86-64 -O2)",
          ["call", "variables", "ours", "target", "", "with CRC instruction",
           "best existing (quoted)"], rows)
    print("  The MM partition for AArch64 is built with the CRC instruction; 'ours' is counted\n"
          "  without it, and compared with the target.")


def signatures():
    """A signed append of one certificate to db beside a plain SetVariable of as many bytes."""
    library = ["ffav_certificate_parse", "ffav_signature_verify", "ffav_hash_compute"]
    calls = 20
    plain, _ = instructions("bench_auth", ["plain", calls], ["measured"])
    whole, _ = instructions("bench_auth", ["signed", calls], ["measured"])
    theirs, _ = instructions("bench_auth", ["signed", calls], library)
    # Keys and signatures are new in each run, and so differ by a little.
    own = 100 * max(whole - theirs, 0) / whole
    table("Signatures, instructions per call (RSA of 2,048 bits, SHA-256)",
          ["call", "ours", "of that mbedTLS", "share of our own", "target", ""],
          [["SetVariable, plain, one certificate", number(round(plain / calls)), "-", "-", "-", ""],
           ["SetVariable, db, append one, signed", number(round(whole / calls)),
            number(round(theirs / calls)), f"{own:.1f} %", "5 %", verdict(own, 5)]])


def arena():
    with tempfile.TemporaryDirectory(prefix="ffavars-bench-") as folder:
        found = bench_arena.rows(folder)
    table("Cryptography, most bytes that mbedTLS has allocated at a time in one SetVariable",
          ["signed with", "bytes", "arena", ""],
          [[title, number(peak), number(size), verdict(peak, size)]
           for title, peak, size in found])


def image():
    found = bench_image.rows()
    if found is None:
        print("\nThe partition's image is not taken apart: build/secure has not been built.")
        return
    kinds = list(found[0][1])
    rows = [[part, *(number(sizes[k]) for k in kinds)] for part, sizes in found]
    rows.append(["together", *(number(sum(sizes[k] for _, sizes in found)) for k in kinds)])
    table("MM partition's image by parts, bytes (AArch64 -Os, by the linker's map; memory is not "
          "in the image)", ["", *kinds], rows)


def server_flash(sizes, calls):
    rows = []
    for unit in (4, 16, 32):
        for n in sizes:
            out = run([os.path.join(PROGRAMS, "bench_server"), "overwrite", str(n), str(calls),
                       str(SECTORS), str(unit)])
            made, programmed, erased, worst, worst_erases, _ = (int(x) for x in out.split())
            value = round(programmed / made)
            target = FLASH_TARGETS[n] if unit == 4 else None
            edk2, littlefs = FLASH_QUOTED[n] if unit == 4 else (None, None)
            rows.append([f"{unit} bytes" if n == sizes[0] else "", number(n), number(value),
                         number(target), verdict(value, target) if target else "",
                         f"{erased / made:.4f}", number(worst), worst_erases,
                         verdict(worst_erases if worst <= 2 * SECTOR + 2 * 84 else 2, 1),
                         number(edk2), number(littlefs)])
    table(f"Flash, 64-byte overwrite in {SECTORS} sectors of {SECTOR} bytes, {calls:,} calls",
          ["program unit", "variables", "bytes/call", "target", "", "erases/call",
           "worst bytes", "worst erases", "", "edk2 (quoted)", "littlefs (quoted)"], rows)
    print(f"  Target for the worst single call: 1 erase, {2 * SECTOR:,} bytes copied beside the "
          "record itself.\n  Quoted worst of edk2: 786,517 bytes and 192 erases.")


def mixed(sizes):
    """Overwriting, deleting and creating in windows that are as full as is said."""
    rows = []
    for n in sizes:
        for fill in (10, 50, 90):
            # As many sectors as variables of about 64 bytes fill so far, but never too few.
            sectors = max(16, n * 136 * 100 // (fill * SECTOR) + 6)
            calls = max(50000, sectors * SECTOR // 60)
            out = run([os.path.join(PROGRAMS, "bench_store"), "mixed", str(n), str(fill),
                       str(calls), str(sectors), "4"])
            made, programmed, erased, copied, erases, beyond, low, high = map(int, out.split())
            rows.append([number(n) if fill == 10 else "", f"{fill} %", number(sectors),
                         f"{programmed / made:,.0f}", f"{erased / made:.4f}", number(copied),
                         erases, number(beyond), verdict(beyond, 0), number(erased),
                         f"{low:,} to {high:,}", verdict(high, 1.1 * low + 1)])
    table("Flash, long mixed workload: one SetVariable in five deletes, the next creates again",
          ["variables", "fill", "sectors", "bytes/call", "erases/call", "worst copied",
           "worst erases", "beyond bound", "", "erases", "per sector", ""], rows)
    print("  Bound of a call: 1 + ceil(2 x record / sector) erases, 8 KiB + 2 x record copied. "
          "Erases per sector:\n  at most 1.1 x the fewest + 1.")


def mount(sizes):
    rows = []
    for n in sizes:
        sectors = SECTORS if n <= 1000 else 1024
        total, result = instructions("bench_store", ["mount", n, sectors * 50, sectors, 4],
                                     ["measured_mount"])
        read, used = result[:2]
        rows.append([number(n), number(sectors * SECTOR), number(used), number(read),
                     f"{read / used:.2f}", "2", verdict(read / used, 2), number(total)])
    table("Store, mount", ["variables", "window", "used bytes", "read", "per used byte", "target",
                           "", "instructions"], rows)


def memory(sizes):
    rows = []
    for n in sizes:
        sectors = SECTORS if n <= 1000 else 1024
        out = run([os.path.join(PROGRAMS, "bench_store"), "mount", str(n), "0", str(sectors),
                   "4"])
        _, _, index, fixed, own = map(int, out.split())
        each = (index - fixed) / n
        rows.append([number(n), number(index + own), number(fixed + own), f"{each:.1f}", "32",
                     verdict(each, 32), f"{(index + own) / n:.1f}"])
    table("Store, memory", ["variables", "bytes", "of that fixed", "bytes/variable beside it",
                            "target", "", "with it"], rows)


def variable_call(message):
    """Function, and GUID with name, of a variable message with a version 1 header."""
    function = struct.unpack_from("<Q", message, 24)[0]
    # GetVariable and SetVariable have the name at 36, properties at 48, its size before that.
    size_at, name_at = (16, 48) if function in (9, 10) else (24, 36)
    payload = message[40:]
    if function not in (1, 3, 9, 10) or len(payload) < name_at:
        return function, b""
    size = struct.unpack_from("<Q", payload, size_at)[0]
    return function, payload[:16] + payload[name_at:name_at + size]


def recorded():
    """
    How a stock U-Boot gets and sets variables in the recordings: (how often, in how many direct
    requests). Its own attribute "read-only" is a property on the other side: it asks for that
    behind a GetVariable that found something, unless it wants no attributes, and before a
    SetVariable, and changes it around one.
    """
    found = {"get": [0, 0], "set": [0, 0]}
    for path in sorted(glob.glob(os.path.join(ROOT, "tests/replay/uboot-*.txt"))):
        said = [(*variable_call(call[1]), answer[1][32:40])
                for call, answer in record.conversation(path) if len(call[1]) >= 40]
        for at, (function, name, status) in enumerate(said):
            around = [said[i][0] if 0 <= i < len(said) and said[i][1] == name else None
                      for i in range(at - 2, at + 2)]
            if function == 1 and status in (SUCCESS, TOO_SMALL):
                found["get"][0] += 1
                found["get"][1] += 1 + (around[3] == 10)
            elif function == 3:
                changed = (around[1] == 9) + (around[3] == 9)
                asked = around[0 if around[1] == 9 else 1] == 10
                found["set"][0] += 1
                found["set"][1] += 1 + changed + asked
    return found


def client(calls):
    rows = []
    requests = []
    stock = recorded()
    for operation, (title, quoted, target) in CLIENT.items():
        total, result = instructions(
            "bench_client", [operation, calls],
            ["measured_*", "ffav_smc", "ffav_clean", "ffav_invalidate"])
        made, smcs, written, read, cleaned, invalidated = result
        ours = (round(smcs / made), round((written + read) / made), round(total / made))
        for i, what in enumerate(("SMCs", "bytes copied", "instructions")):
            rows.append([title if i == 0 else "", what, number(ours[i]), number(target[i]),
                         verdict(ours[i], target[i]), number(quoted[i])])
        rows.append(["", "cache lines cleaned, invalidated",
                     f"{cleaned / made:g}, {invalidated / made:g}", "-", "", "-"])
        often, sent = stock[operation]
        requests.append([title, number(ours[0]), "1", verdict(ours[0], 1),
                         f"{sent / often:.2f}" if often else "-", number(often)])
    table("Client at boot and at runtime, per call (echoing transport)",
          ["call", "", "ours", "target", "", "stock client (quoted)"], rows)
    table("Direct requests per call, beside a stock U-Boot as recorded in tests/replay",
          ["call", "ours", "target", "", "stock U-Boot", "calls counted"], requests)


def section_sizes(objects):
    """Bytes per section name over all objects."""
    total = {}
    for line in run(["llvm-size", "-A", *objects]).splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[1].isdigit():
            total[fields[0]] = total.get(fields[0], 0) + int(fields[1])
    return total


def compile_all(folder, sources, compiler):
    objects = []
    for source in sources:
        out = os.path.join(folder, source.replace("/", "_") + ".o")
        run([*compiler, "-std=c17", "-Os", "-ffreestanding", "-fno-strict-aliasing",
             "-march=armv8-a+crc", "-ffunction-sections", "-mgeneral-regs-only", "-fno-asynchronous-unwind-tables",
             "-I", ROOT, "-idirafter", "/usr/include", "-c", os.path.join(ROOT, source),
             "-o", out])
        objects.append(out)
    return objects


def sources(*rooms):
    return sorted(os.path.relpath(p, ROOT) for room in rooms
                  for p in glob.glob(os.path.join(ROOT, room, "*.c")))


def loaded(path):
    """Bytes of an ELF file that are loaded: code, constants and initialised data."""
    text, data = run(["llvm-size", path]).splitlines()[1].split()[:2]
    return int(text) + int(data)


def built(title, path, target, measure):
    """A row about something that 'make build' makes, where it has been made."""
    if not os.path.exists(path):
        return [title, "not built", number(target), "", "-"]
    size = measure(path)
    return [title, number(size), number(target), verdict(size, target) if target else "", "-"]


def uboot_port():
    """What the port adds to U-Boot's resident section, as its test compiles it."""
    text = subprocess.run([sys.executable, os.path.join(ROOT, "tests/system/uboot_resident.py")],
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=False).stdout
    added = re.search(r"gcc -Os: it adds (\d+) resident bytes", text)
    if not added:
        return ["U-Boot port, resident", "build/host is missing", "", "", ""]
    size = int(added.group(1))
    return ["U-Boot port, resident", number(size), number(16 * 1024), verdict(size, 16 * 1024),
            "3,800 (stock MM client: cannot set)"]


def sizes_of_code():
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        server = section_sizes(compile_all(
            folder, sources("secure/store", "secure/variables", "secure/mm", "secure/report"),
            ["aarch64-linux-gnu-gcc"]))
        manager = section_sizes(compile_all(
            folder, sources("secure/spmc"), ["aarch64-linux-gnu-gcc"]))
        resident = section_sizes(compile_all(
            folder, sources("normal/ffa", "normal/mm", "normal/variables"),
            ["aarch64-linux-gnu-gcc"]))
    text = sum(v for k, v in server.items() if k.startswith((".text", ".rodata")))
    rows.append(["server without cryptography, text", number(text), number(32 * 1024),
                 verdict(text, 32 * 1024), "10,000 to 54,000"])
    text = sum(v for k, v in manager.items() if k.startswith((".text", ".rodata")))
    rows.append(["partition manager core, text", number(text), "-", "", "-"])
    kept = sum(v for k, v in resident.items() if "efi_runtime" in k)
    rows.append(["resident client", number(kept), number(16 * 1024), verdict(kept, 16 * 1024),
                 "3,800 (cannot set or query)"])
    rows.append(uboot_port())
    driver = os.path.join(ROOT, "build/uefi/ports/uefi-driver/ffavars.efi")
    rows.append(built("ffavars.efi", driver, 24 * 1024, os.path.getsize))
    secure = os.path.join(ROOT, "build/secure/machines/qemu-virt")
    rows.append(built("MM partition's image, with mbedTLS",
                      os.path.join(secure, "mm.elf"), None, loaded))
    rows.append(built("EL3 firmware with the manager", os.path.join(secure, "el3.bin"), None,
                      os.path.getsize))
    table("Sizes, bytes (AArch64 -Os)", ["", "ours", "target", "", "existing (quoted)"], rows)


def interrupts_off():
    build_folder = os.path.join(ROOT, "build", "secure")
    if not os.path.exists(os.path.join(build_folder, "latency.bin")):
        print("\nInterrupts off: not measured, because build/secure has not been built.")
        return
    found = latency.workload(build_folder)
    rows = [[f"{why}, back to {to}", number(count), number(longest),
             number(latency.TARGET), verdict(longest, latency.TARGET)]
            for why, to, count, longest in latency.summary(found)]
    table("Secure world with interrupts off during MM calls, instructions at a time "
          "(QEMU, -icount)", ["way in and out of EL3", "times", "longest", "target", ""], rows)


def service_calls():
    """What a call costs in both worlds together, by QEMU's count of instructions."""
    secure = os.path.join(ROOT, "build/secure")
    program = os.path.join(secure, "cost.bin")
    if not shutil.which("qemu-system-aarch64") or not os.path.exists(program):
        print("\nWhat a call costs in both worlds is not counted: that needs qemu-system-aarch64 "
              "and what 'make secure-image' builds.")
        return
    with tempfile.TemporaryDirectory(prefix="ffavars-bench-") as folder:
        flash = os.path.join(folder, "flash.bin")
        shutil.copyfile(os.path.join(secure, "secure-flash.bin"), flash)
        text = run([
            "qemu-system-aarch64", "-M", "virt,secure=on,virtualization=on,gic-version=3",
            "-cpu", "cortex-a57", "-smp", "1", "-m", "1G", "-display", "none", "-nic", "none",
            "-monitor", "none", "-dtb", os.path.join(secure, "virt.dtb"),
            "-drive", f"if=pflash,unit=0,format=raw,file={flash}",
            "-device", f"loader,file={program},addr=0x60000000,force-raw=on",
            "-icount", "shift=0,sleep=off", "-serial", "stdio", "-serial", "null"],
            stdin=subprocess.DEVNULL, timeout=SECONDS)
    if "not ok" in text or "\n1.." not in text.replace("\r", ""):
        sys.exit(f"The program that counts what calls cost did not come to its end:\n{text}")
    found = re.findall(r"# cost (\w+) (\d+) (\d+) (\d+) (\d+)", text)
    rows = []
    for service in dict.fromkeys(row[0] for row in found):
        for _, n, calls, total, smc in (row for row in found if row[0] == service):
            within = round(int(smc) / int(calls))
            both = round(int(total) / int(calls))
            rows.append([SERVICES[service] if n == found[0][1] else "", number(int(n)),
                         number(within), number(both - within), number(both)])
    table("Service calls on QEMU's virt machine, AArch64 instructions per call (-icount)",
          ["call", "variables", "monitor and partition", "normal world", "together"], rows)
    print("  The secure side reads and writes its flash as device memory, and has with it about "
          "100 instructions\n  in which the test program looks whether its registers were kept.")


def shared_memory():
    """What FFA_MEM_SHARE and its counterparts cost, for 1 and 16 pages."""
    secure = os.path.join(ROOT, "build/secure")
    if not shutil.which("qemu-system-aarch64") or \
            not os.path.exists(os.path.join(secure, "share-cost.bin")):
        print("\nWhat sharing memory costs is not counted: that needs qemu-system-aarch64 and "
              "what 'make secure-image' builds.")
        return
    rows = [[name] + [number(cost) for cost in costs]
            for name, *costs in share_cost.rows(secure)]
    table("Sharing memory on QEMU's virt machine, AArch64 instructions per call (-icount)",
          ["call", "1 page", "16 pages"], rows)
    print("  Each page is a range of its own. What the test program and the partition need for "
          "their descriptors is\n  counted, too; the direct request in which the partition acts "
          "is not.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer variables and calls")
    args = parser.parse_args()
    packages.ensure_host(packages.BENCH)
    build()
    sizes = [100, 1000] if args.quick else [10, 100, 1000, 10000]
    calls = 500 if args.quick else 2000
    print("Workload: variables under one GUID, names of 18 bytes, 64 bytes of data, NV|BS|RT.")
    server_instructions(sizes, calls)
    server_flash([n for n in sizes if n <= 1000], 20000 if args.quick else 200000)
    mixed(sizes)
    mount(sizes)
    memory(sizes)
    client(1000)
    signatures()
    arena()
    sizes_of_code()
    image()
    managercost.report(table, number, instructions)
    interrupts_off()
    service_calls()
    shared_memory()
    print("\nQuoted figures were measured on other projects' code with the same workload.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
