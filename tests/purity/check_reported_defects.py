#!/usr/bin/env python3
"""Checks docs/reported-defects.md and SECURITY.md against the tests that they name.

Usage: check_reported_defects.py [ROOT]
Every row names at least one test, every test that is named exists, and every test of WartsTest stands in the row of its number.
"""

import os
import re
import sys

PAGE = "docs/reported-defects.md"
ROW = re.compile(r"^\| (\d+) \|(.*)\|$", re.MULTILINE)
NAME = re.compile(r"`(\w+\.\w+)`")
SECURITY_PAGE = "SECURITY.md"
# The rows of the table whose last column this is.
SECURITY_ROWS = re.compile(r"^\|.*\| Shown by \|\n\|[ \-|]*\n((?:\|.*\|\n)*)", re.MULTILINE)


def tests_of(root):
    """Suite.Name of every GoogleTest case, module.test_name of every Python one, and what CMake files call so themselves."""
    names = set()
    for folder, _, files in os.walk(os.path.join(root, "tests")):
        for file in files:
            if not file.endswith((".cc", ".py", "CMakeLists.txt")):
                continue
            with open(os.path.join(folder, file), encoding="utf-8", errors="replace") as source:
                text = source.read()
            if file.endswith(".cc"):
                names |= {".".join(match) for match in re.findall(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", text, re.MULTILINE)}
            elif file == "CMakeLists.txt":
                names |= set(re.findall(r"add_test\(NAME (\w+\.\w+)", text))
                names |= {f"fuzz.{name}" for name in re.findall(r"^kvs_fuzzer\((\w+)", text, re.MULTILINE)}
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


def check_security(root):
    with open(os.path.join(root, SECURITY_PAGE), encoding="utf-8") as page:
        rows = [row for table in SECURITY_ROWS.findall(page.read()) for row in table.splitlines()]
    existing = tests_of(root)
    faults = []
    for row in rows:
        names = NAME.findall(row.split("|")[-2])
        faults += [] if names else [f"no test is named for: {row}"]
        faults += [f"{name} does not exist" for name in names if name not in existing]
    return (faults if rows else ["there are no rows"]), len(rows)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", "..")
    failed = False
    for page, look in ((PAGE, check), (SECURITY_PAGE, check_security)):
        faults, rows = look(root)
        for fault in faults:
            print(f"{page}: {fault}")
        print(f"{page}: {rows} rows, {len(faults)} faults")
        failed = failed or bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
