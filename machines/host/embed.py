#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write a file's bytes as the inside of a C initialiser: embed.py INPUT OUTPUT."""
import sys


def main():
    with open(sys.argv[1], "rb") as f:
        data = f.read()
    with open(sys.argv[2], "w", encoding="ascii") as f:
        for i in range(0, len(data), 16):
            f.write(" ".join(f"0x{b:02x}," for b in data[i:i + 16]) + "\n")


if __name__ == "__main__":
    main()
