#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ffavars get: what it says that the data of well-known variables mean. Prints TAP.

Each is asked for twice: as lines for people and as JSON.
"""
import glob
import json
import os
import struct
import subprocess
import sys
import tempfile
import uuid

from tool_runner import ROOT, Tap, tool

GUID = "5f3d2a10-7c41-4b8e-9d02-112233445566"
OWNER = uuid.UUID(GUID).bytes_le
X509 = "a5c059a1-94e4-4aa7-87b5-ab155c2bf072"
SHA256 = "c1c41626-504c-4092-aca9-41f936934328"
X509_SHA256 = "3bd2a492-96c0-4079-b420-fcf98ef103ed"
VENDOR = os.path.join(os.environ.get("FFAV_SECUREBOOT_DATA", os.path.join(
    os.path.dirname(ROOT), "shared", "data", "secureboot")), "certificates")


class Image:
    """An image into which variables are imported, whatever is in them."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "decode.img")
        self.source = os.path.join(folder, "decode.json")
        tool("--flash", self.path, "--create", "512K", "list")

    def shown(self, name, data, attr=7):
        """(the lines of 'get', "decoded" of 'get --json')"""
        word, text = name.split("-", 1)
        guid = {"global": "8be4df61-93ca-11d2-aa0d-00e098032b8c",
                "security": "d719b2cb-3d3a-4596-a3bc-dad00e67656f",
                "shim": "605dab50-e046-4300-abb6-3dd810dd8b23",
                "loader": "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"}[word]
        made = {"name": text, "guid": guid, "attr": attr, "data": data.hex()}
        if attr & 0x20:
            made["time"] = "00" * 16
        with open(self.source, "w", encoding="utf-8") as f:
            json.dump({"version": 2, "variables": [made]}, f)
        done = tool("--flash", self.path, "import", "--force", self.source)
        if done.code:
            return done, done
        done = tool("--flash", self.path, "get", name)
        said = tool("--flash", self.path, "get", "--json", name)
        if done.code or said.code:
            return done, said
        return done, json.loads(said.out).get("decoded")


def node(kind, subtype, data):
    return struct.pack("<BBH", kind, subtype, 4 + len(data)) + data


END = node(0x7f, 0xff, b"")
ROOT_NODE = node(2, 1, struct.pack("<II", 0x0a0341d0, 0)) + node(1, 1, b"\0\2")
#: Nodes, and the text that UEFI 2.10 section 10.6.1.6 gives them.
NODES = (
    ("PCI", node(1, 1, b"\3\x1f"), "Pci(0x1f,0x3)"),
    ("PC card", node(1, 2, b"\1"), "PcCard(0x1)"),
    ("memory", node(1, 3, struct.pack("<IQQ", 11, 0x1000, 0x2000)), "MemoryMapped(11,0x1000,0x2000)"),
    ("vendor's hardware", node(1, 4, OWNER + b"\xab\xcd"), f"VenHw({GUID},abcd)"),
    ("controller", node(1, 5, struct.pack("<I", 3)), "Ctrl(0x3)"),
    ("BMC", node(1, 6, b"\1" + struct.pack("<Q", 0x50)), "BMC(0x1,0x50)"),
    ("PCI root", node(2, 1, struct.pack("<II", 0x0a0341d0, 1)), "PciRoot(0x1)"),
    ("PCIe root", node(2, 1, struct.pack("<II", 0x0a0841d0, 1)), "PcieRoot(0x1)"),
    ("ACPI keyboard", node(2, 1, struct.pack("<II", 0x030341d0, 0)), "Acpi(PNP0303,0x0)"),
    ("ACPI, another", node(2, 1, struct.pack("<II", 0x12345678, 0)), "Acpi(0x12345678,0x0)"),
    ("ACPI, extended", node(2, 2, struct.pack("<III", 1, 2, 3) + b"H\0U\0C\0"),
     "AcpiEx(0x00000001,0x00000003,0x00000002,H,C,U)"),
    ("ACPI display", node(2, 3, struct.pack("<II", 0x80010100, 2)), "AcpiAdr(0x80010100,0x2)"),
    ("ATA", node(3, 1, b"\1\0\2\0"), "Ata(Secondary,Master,0x2)"),
    ("SCSI", node(3, 2, b"\1\0\2\0"), "Scsi(0x1,0x2)"),
    ("Fibre Channel", node(3, 3, struct.pack("<IQQ", 0, 0xabc, 1)), "Fibre(0xabc,0x1)"),
    ("1394", node(3, 4, struct.pack("<IQ", 0, 0xabc)), "I1394(0000000000000abc)"),
    ("USB", node(3, 5, b"\2\1"), "USB(0x2,0x1)"),
    ("vendor's messages", node(3, 10, OWNER), f"VenMsg({GUID})"),
    ("MAC address", node(3, 11, bytes(range(32)) + b"\1"), "MAC(000102030405,0x1)"),
    ("IPv4", node(3, 12, b"\x0a\0\0\2\x0a\0\0\1" + struct.pack("<HHHB", 0, 0, 17, 1)
                  + b"\x0a\0\0\3\xff\xff\xff\0"),
     "IPv4(10.0.0.1,UDP,Static,10.0.0.2,10.0.0.3,255.255.255.0)"),
    ("IPv4, old", node(3, 12, bytes(12) + b"\6\0\0"), "IPv4(0.0.0.0,TCP,DHCP,0.0.0.0)"),
    ("IPv6", node(3, 13, b"\xfe\x80" + bytes(13) + b"\1" + b"\xfe\x80" + bytes(13) + b"\2"
                  + struct.pack("<HHHBB", 0, 0, 6, 1, 64) + bytes(16)),
     "IPv6(fe80:0000:0000:0000:0000:0000:0000:0002,TCP,StatelessAutoConfigure,"
     "fe80:0000:0000:0000:0000:0000:0000:0001,64,0000:"),
    ("serial port", node(3, 14, struct.pack("<IQBBB", 0, 115200, 8, 1, 1)), "Uart(115200,8,N,1)"),
    ("USB class", node(3, 15, struct.pack("<HHBBB", 0xffff, 0xffff, 8, 6, 80)),
     "UsbClass(0xffff,0xffff,0x8,0x6,0x50)"),
    ("USB serial number", node(3, 16, struct.pack("<HHH", 1, 2, 3) + "SN".encode("utf-16-le")),
     'UsbWwid(0x2,0x3,0x1,"SN")'),
    ("logical unit", node(3, 17, b"\4"), "Unit(0x4)"),
    ("SATA", node(3, 18, struct.pack("<HHH", 1, 0xffff, 0)), "Sata(0x1,0xffff,0x0)"),
    ("iSCSI", node(3, 19, struct.pack("<HH8sH", 0, 0, bytes(7) + b"\1", 1) + b"iqn.x"),
     "iSCSI(iqn.x,0x1,0x0000000000000001,0x0,TCP)"),
    ("VLAN", node(3, 20, b"\5\0"), "Vlan(5)"),
    ("NVMe", node(3, 23, struct.pack("<I", 1) + bytes(range(8))), "NVMe(0x1,07-06-05-04-03-02-01-00)"),
    ("URI", node(3, 24, b"http://x/\x1b"), "Uri(http://x/?)"),
    ("UFS", node(3, 25, b"\0\3"), "UFS(0x0,0x3)"),
    ("SD card", node(3, 26, b"\1"), "SD(0x1)"),
    ("Bluetooth", node(3, 27, b"\1\2\3\4\5\6"), "Bluetooth(010203040506)"),
    ("Wi-Fi", node(3, 28, b"net".ljust(32, b"\0")), "Wi-Fi(net)"),
    ("eMMC", node(3, 29, b"\0"), "eMMC(0x0)"),
    ("DNS", node(3, 31, b"\0" + b"\1\1\1\1" + bytes(12)), "Dns(1.1.1.1)"),
    ("GPT partition", node(4, 1, struct.pack("<IQQ", 1, 0x800, 0x1000) + OWNER + b"\2\2"),
     f"HD(1,GPT,{GUID},0x800,0x1000)"),
    ("MBR partition", node(4, 1, struct.pack("<IQQ", 2, 0x800, 0x1000) + b"\4\3\2\1" + bytes(12)
                           + b"\1\1"), "HD(2,MBR,0x01020304,0x800,0x1000)"),
    ("CD", node(4, 2, struct.pack("<IQQ", 1, 2, 3)), "CDROM(0x1,0x2,0x3)"),
    ("vendor's medium", node(4, 3, OWNER), f"VenMedia({GUID})"),
    ("file", node(4, 4, "\\EFI\\x.efi\0".encode("utf-16-le")), "\\EFI\\x.efi"),
    ("protocol", node(4, 5, OWNER), f"Media({GUID})"),
    ("file in a firmware volume", node(4, 6, OWNER), f"FvFile({GUID})"),
    ("firmware volume", node(4, 7, OWNER), f"Fv({GUID})"),
    ("range", node(4, 8, struct.pack("<IQQ", 0, 1, 2)), "Offset(0x1,0x2)"),
    ("RAM disk", node(4, 9, struct.pack("<QQ", 1, 2) + OWNER + b"\0\0"), f"RamDisk(0x1,0x2,0,{GUID})"),
    ("BIOS boot entry", node(5, 1, b"\2\0\0\0disk\0"), "BBS(HD,disk)"),
    ("unknown node", node(9, 9, b"\xab"), "Path(9,9,ab)"),
    ("short node", node(1, 1, b"\0"), "Path(1,1,00)"),
    ("short IPv6", node(3, 13, bytes(38)), "Path(3,13,00"),
)


def paths(tap, image):
    for what, bytes_, text in NODES:
        done, said = image.shown("global-ConOut", ROOT_NODE + bytes_ + END)
        whole = f"PciRoot(0x0)/Pci(0x2,0x0)/{text}"
        tap.ok(f"Path:       {whole}" in done.out and said["path"].startswith(whole),
               f"a path with {what}", done, said)
    for what, path, text in (
            ("two instances", ROOT_NODE + node(0x7f, 1, b"") + ROOT_NODE + END, "0x0),PciRoot"),
            ("no end", ROOT_NODE, "has no end"),
            ("a node that is too long", struct.pack("<BBH", 1, 1, 99), "is broken, 4 bytes"),
            ("a node of no length", struct.pack("<BBH", 1, 1, 0), "is broken"),
            ("three bytes", b"\1\1\4", "is broken, 3 bytes")):
        done, said = image.shown("global-ConIn", path)
        tap.ok(text in done.out and text in said["path"], f"a path with {what}", done, said)


def load_options(tap, image):
    def entry(path, attributes=1, text="Debian", extra=b""):
        return struct.pack("<IH", attributes, len(path)) + \
            (text + "\0").encode("utf-16-le", "surrogatepass") + path + extra

    file = NODES[[n[0] for n in NODES].index("file")][1]
    for name in ("Boot0001", "Driver00AF", "SysPrep0000", "PlatformRecovery0000"):
        done, said = image.shown(f"global-{name}", entry(
            file + END, 1, extra="quiet splash\0".encode("utf-16-le")))
        tap.ok('Entry:      "Debian"\nFlags:      active\nPath:       \\EFI\\x.efi\n'
               'Arguments:  "quiet splash"\n' in done.out
               and said == {"entry": "Debian", "flags": ["active"], "path": "\\EFI\\x.efi",
                            "options": "quiet splash\0".encode("utf-16-le").hex(),
                            "arguments": "quiet splash"}, name, done, said)
    done, said = image.shown("global-Boot0001", entry(END, 0x10a, "x", b"\1\2\3"))
    tap.ok("Options:    3 bytes: 010203" in done.out and said["options"] == "010203" and
           said["flags"] == ["not active", "hidden", "reconnects drivers", "an application"],
           "all flags, and options that are no text", done, said)
    done, said = image.shown("global-Boot0001", entry(END, 1, "a\x1b[2J\u202eb\ud800"))
    raw = tool("--flash", image.path, "get", "--json", "global-Boot0001").raw
    tap.ok('"a\\u001b[2J\\u202eb\ufffd"' in done.out and said["entry"] == "a\x1b[2J\u202eb\ufffd"
           and b"\x1b" not in raw + done.raw and "\u202e".encode() not in raw + done.raw,
           "what would act on the terminal does not reach it in either form", done, raw)
    for data in (b"\1", entry(END)[:8], struct.pack("<IH", 1, 99) + b"\0\0"):
        done, said = image.shown("global-Boot0003", data)
        tap.ok("do not fit" in done.out and "do not fit" in said["broken"],
               f"an entry of {len(data)} bytes that is none", done, said)
    done, said = image.shown("global-Boot000g", entry(END))
    tap.ok(said is None and "Entry" not in done.out, "Boot000g is no boot entry", done, said)
    done, said = image.shown("global-Key0001", struct.pack("<IIHHH", 0x40000000 | 0x200, 0, 3, 12, 0))
    tap.ok(said == {"starts": "Boot0003", "keys": ["Ctrl", "scan 0xc, character 0x0"]},
           "a hot key", done, said)


def values(tap, image):
    for name, data, line, wanted in (
            ("global-BootOrder", b"\2\0\xaf\0\1\0", "Order:      Boot0002 Boot00AF Boot0001",
             {"order": ["Boot0002", "Boot00AF", "Boot0001"]}),
            ("global-BootOrder", b"\2\0\1", "Broken:     there is half an entry at its end",
             {"order": ["Boot0002"], "broken": "there is half an entry at its end"}),
            ("global-DriverOrder", b"\2\0", "Order:      Driver0002", {"order": ["Driver0002"]}),
            ("global-BootNext", b"\1\0", "Means:      Boot0001", {"means": "Boot0001"}),
            ("global-BootNext", b"\1", "Broken:     it has 1 bytes and should have 2",
             {"broken": "it has 1 bytes and should have 2"}),
            ("global-Timeout", b"\5\0", "Means:      the boot menu waits 5 seconds",
             {"seconds": 5, "means": "the boot menu waits 5 seconds"}),
            ("global-Timeout", b"\xff\xff", "Means:      the boot menu waits for ever",
             {"seconds": 65535, "means": "the boot menu waits for ever"}),
            ("global-OsIndications", b"\1" + bytes(7), "Means:      boot to firmware set-up",
             {"means": ["boot to firmware set-up"]}),
            ("global-OsIndications", bytes(7) + b"\x80", "Means:      0x8000000000000000",
             {"means": ["0x8000000000000000"]}),
            ("global-PlatformLang", b"en-US\0", 'Text:       "en-US"', {"text": "en-US"}),
            ("global-PlatformLang", b"en\x9b", "Broken:     from byte 2 on it is no text",
             {"text": "en", "broken": "from byte 2 on it is no text"}),
            ("loader-LoaderEntries", "a.conf\0b.conf\0".encode("utf-16-le"),
             'Text:       "a.conf", "b.conf"', {"text": ["a.conf", "b.conf"]}),
            ("shim-SbatLevel", b"sbat,1\n", "Broken:     from byte 6 on it is no text",
             {"text": "sbat,1", "broken": "from byte 6 on it is no text"})):
        done, said = image.shown(name, data)
        tap.ok(line + "\n" in done.out and said == wanted, f"{name} {data.hex()[:20]}", done, said)
    for name, value in (("SetupMode", "yes"), ("SecureBoot", "no"), ("AuditMode", "no")):
        done = tool("--flash", image.path, "get", f"global-{name}")
        said = json.loads(tool("--flash", image.path, "get", "--json", f"global-{name}").out)
        tap.ok(f"Means:      {value}\n" in done.out and said["decoded"]["means"] == value,
               f"{name} of a new store", done, said)
    said = json.loads(tool("--flash", image.path, "get", "--json", "global-SignatureSupport").out)
    tap.ok({"guid": SHA256, "name": "SHA-256"} in said["decoded"]["types"]
           and all("name" in t for t in said["decoded"]["types"]), "SignatureSupport", said)


def signature_list(kind, *entries, header=0):
    size = 16 + len(entries[0])
    return uuid.UUID(kind).bytes_le + struct.pack(
        "<III", 28 + header + size * len(entries), header, size) + bytes(header) + \
        b"".join(OWNER + e for e in entries)


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], stdout=subprocess.PIPE, check=True,
                          stderr=subprocess.PIPE, text=True).stdout.strip()


def certificate(tap, image, path, name):
    """What we say of a certificate is what OpenSSL says."""
    with open(path, "rb") as f:
        der = f.read()
    done, said = image.shown(name, signature_list(X509, der), 0x27)
    one = said["signatures"][0]
    ask = ["x509", "-inform", "DER", "-in", path, "-noout"]
    digest = openssl(*ask, "-fingerprint", "-sha256").split("=")[1].replace(":", "").lower()
    dates = [openssl(*ask, option, "-dateopt", "iso_8601").split("=")[1].rstrip("Z")
             for option in ("-startdate", "-enddate")]
    common = openssl(*ask, "-subject", "-nameopt", "multiline")
    common = [l.split("= ", 1)[1] for l in common.splitlines() if "commonName" in l]
    tap.ok(one["sha256"] == digest and [one["not_before"], one["not_after"]] == dates
           and all(f"CN={c}" in one["subject"] for c in common)
           and one["owner"] == GUID and one["type"] == "X.509 certificate",
           f"{os.path.basename(path)}: dates, names and fingerprint as OpenSSL has them", said, dates)
    tap.ok(f"    Sha256:     {digest}\n" in done.out and f"Not after:  {dates[1]}" in done.out,
           "also for people", done)
    return der


def signatures(tap, image, folder):
    path = os.path.join(folder, "cert.der")
    openssl("req", "-new", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "3650", "-subj", "/O=Ours/CN=A key/", "-outform", "DER", "-keyout",
            os.path.join(folder, "key"), "-out", path)
    der = certificate(tap, image, path, "global-KEK")
    vendor = sorted(glob.glob(os.path.join(VENDOR, "*.der")))
    for vendors in vendor:
        certificate(tap, image, vendors, "security-db")
    if not vendor:
        tap.ok(True, "certificates of vendors # SKIP they are not there")
    revoked = bytes(32) + struct.pack("<HBBBBB9x", 2024, 1, 2, 3, 4, 5)
    lists = signature_list(SHA256, b"\1" * 32, b"\2" * 32) + \
        signature_list(X509_SHA256, revoked, bytes(48)) + signature_list(X509, der)
    done, said = image.shown("security-dbx", lists, 0x27)
    got = said["signatures"]
    tap.ok([s["type"] for s in got] == ["SHA-256"] * 2 + ["SHA-256 of a certificate"] * 2
           + ["X.509 certificate"] and got[1]["hash"] == "02" * 32 and "broken" not in said
           and [s.get("revoked_from") for s in got[2:4]] == ["2024-01-02 03:04:05", "always"],
           "lists of several types", said)
    tap.ok("Signatures: 5\n" in done.out and f"  #1  SHA-256  {'01' * 32}  {GUID}\n" in done.out,
           "a hash is one line", done)
    for what, data, words, whole in (
            ("that is cut off", lists[:-1], "goes beyond the data", 4),
            ("of an unknown type", lists[:124] + bytes(60), "unknown type", 2),
            ("with no size", lists[:124] + uuid.UUID(X509).bytes_le + bytes(12), "less than", 2),
            ("with no entry size", lists[:124] + uuid.UUID(X509).bytes_le +
             struct.pack("<III", 29, 0, 0) + b"x", "does not fit the type", 2),
            ("with a header", lists[:124] + signature_list(X509, der, header=4), "not zero", 2)):
        done, said = image.shown("security-dbx", data, 0x27)
        tap.ok(words in said["broken"] and len(said["signatures"]) == whole
               and words in done.out, f"a list {what}", done, said)
    done, said = image.shown("global-PK", signature_list(X509, der[:-1]), 0x27)
    tap.ok("no certificate" in said["signatures"][0]["broken"]
           and len(said["signatures"][0]["sha256"]) == 64, "a certificate that is cut off", said)
    done, said = image.shown("global-PK", signature_list(X509, der + b"\0"), 0x27)
    tap.ok("no certificate" in said["signatures"][0]["broken"], "one with a byte behind it", said)
    done = tool("--flash", image.path, "dump")
    tap.ok(done.code == 0 and "Signatures: 1\n" in done.out and "Entry: " in done.out,
           "dump says it too", done)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        image = Image(folder)
        paths(tap, image)
        load_options(tap, image)
        values(tap, image)
        signatures(tap, image, folder)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
