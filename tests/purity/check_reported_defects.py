#!/usr/bin/env python3
"""Checks docs/reported-defects.md against the tests that it names.

Usage: check_reported_defects.py [ROOT]
Every row names at least one test, every test that is named exists, and every test of WartsTest stands in the row of its number.
"""

import os
import re
import sys

PAGE = "docs/reported-defects.md"
ROW = re.compile(r"^\| (\d+) \|(.*)\|$", re.MULTILINE)
NAME = re.compile(r"`(\w+\.\w+)`")


def tests_of(root):
    """Suite.Name of every GoogleTest case, and module.test_name of every Python one."""
    names = set()
    for folder, _, files in os.walk(os.path.join(root, "tests")):
        for file in files:
            if not file.endswith((".cc", ".py")):
                continue
            with open(os.path.join(folder, file), encoding="utf-8", errors="replace") as source:
                text = source.read()
            if file.endswith(".cc"):
                names |= {".".join(match) for match in re.findall(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", text, re.MULTILINE)}
            else:
                names |= {f"{file[:-3]}.{name}" for name in re.findall(r"^    def (test_\w+)\(", text, re.MULTILINE)}
    return names


def check(root):
    with open(os.path.join(root, PAGE), encoding="utf-8") as page:
        rows = {int(number): NAME.findall(cells.split("|")[-1]) for number, cells in ROW.findall(page.read())}
    existing = tests_of(root)
    faults = [f"row {number} names no test" for number, names in rows.items() if not names]
    faults += [f"row {number} names {name}, which does not exist"
               for number, names in rows.items() for name in names if name not in existing]
    for name in sorted(existing):
        number = re.match(r"WartsTest\.W(\d+)_", name)
        if number and name not in rows.get(int(number.group(1)), ()):
            faults.append(f"{name} is not in row {int(number.group(1))}")
    if not rows:
        faults.append("there are no rows")
    return faults, len(rows)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", "..")
    faults, rows = check(root)
    for fault in faults:
        print(f"{PAGE}: {fault}")
    print(f"{rows} rows, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
