# SPDX-License-Identifier: BSD-3-Clause
"""Keys for a run: a platform key, a key exchange key, a signature database, and somebody
who is none of them; the writes that enrol them are signed by Debian's efitools."""
import os

import command

OWNER = "5f2c8a4e-7d13-4b06-9e5a-c0ffee0ff0a5"

#: File of the guest: variable, signature list, signer, time stamp, whether it is an append.
WRITES = {
    "PK.auth": ("PK", "PK", "PK", "2024-01-01 00:00:00", False),
    "KEK.auth": ("KEK", "KEK", "PK", "2024-01-01 00:00:00", False),
    "db.auth": ("db", "db", "KEK", "2024-01-01 00:00:00", False),
    "more.auth": ("db", "more", "KEK", "2024-02-01 00:00:00", True),
    # Refused: by somebody else, and as a replay of what was there before.
    "foreign.auth": ("db", "foreign", "foreign", "2024-03-01 00:00:00", False),
}


def run(*arguments, cwd):
    """Run a command; what it says only matters if it fails."""
    command.run(arguments, cwd=cwd)


def make(folder):
    """Make keys and signed writes in a folder, once; return the names of the guest's files."""
    names = list(WRITES) + ["PK.esl", "KEK.esl", "db.esl", "more.esl"]
    if all(os.path.exists(os.path.join(folder, name)) for name in names):
        return names
    os.makedirs(folder, exist_ok=True)
    for name in sorted({files[1] for files in WRITES.values()}):
        run("openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256",
            "-days", "3650", "-subj", f"/CN=ffavars run {name}/", "-keyout", f"{name}.key",
            "-out", f"{name}.crt", cwd=folder)
        run("cert-to-efi-sig-list", "-g", OWNER, f"{name}.crt", f"{name}.esl", cwd=folder)
    for name, (variable, signed, signer, time, append) in WRITES.items():
        run("sign-efi-sig-list", "-t", time, *(["-a"] if append else []), "-k", f"{signer}.key",
            "-c", f"{signer}.crt", variable, f"{signed}.esl", name, cwd=folder)
    return names
