#!/usr/bin/env python3
"""Whether binaries were built to withstand mistakes that overwrite memory.

Usage: check_hardening.py FILE...                       one line for each thing that is missing; exit status 1 when there is one
       check_hardening.py --check-yourself CXX FOLDER   builds a program without any of it, and one with all, and looks at both
"""

import os
import platform
import subprocess
import sys

ENDBR64 = bytes.fromhex("f30f1efa")  # where a jump may land (-fcf-protection)
FEW = 20  # those of the C runtime's own files


def readelf(path, *options):
    return subprocess.run(["readelf", "--wide", *options, path], capture_output=True, text=True, check=True).stdout


def missing(path):
    """What the binary does without."""
    headers = readelf(path, "--file-header", "--program-headers")
    dynamic = readelf(path, "--dynamic")
    symbols = [line.split()[7].split("@")[0] for line in readelf(path, "--dyn-syms").splitlines()
               if len(line.split()) >= 8 and line.split()[6] == "UND"]
    stack = next((line for line in headers.splitlines() if "GNU_STACK" in line), "GNU_STACK RWE")
    with open(path, "rb") as file:
        landings = file.read().count(ENDBR64)
    # The compiler uses the checking variant of a function only where it sees a size that a caller could exceed: not every binary has one.
    rules = {
        "position-independent": "Type:" in headers and "DYN" in headers.split("Type:")[1].splitlines()[0],
        "read-only relocations": "GNU_RELRO" in headers,
        "binding at start": "BIND_NOW" in dynamic or "Flags: NOW" in dynamic,
        "no code on the stack": "E" not in stack.split("GNU_STACK")[1].replace("0x", ""),
        "stack protector": "__stack_chk_fail" in symbols,
        "landing pads": landings > FEW or platform.machine() != "x86_64",
    }
    return [what for what, there in rules.items() if not there]


def fortified(path):
    return any(symbol in readelf(path, "--dyn-syms") for symbol in ("_chk@", "_chk "))


SOURCE = """
#include <cstring>
#include <string>
int main(int argc, char** argv) {
  char text[64];
  std::strcpy(text, argv[argc - 1]);
  return static_cast<int>(std::string(text).size());
}
"""


def check_yourself(compiler, folder):
    source = os.path.join(folder, "program.cc")
    with open(source, "w", encoding="utf-8") as file:
        file.write(SOURCE)
    soft, hard = os.path.join(folder, "soft"), os.path.join(folder, "hard")
    subprocess.run([compiler, "-O2", "-U_FORTIFY_SOURCE", "-no-pie", "-fno-pie", "-fno-stack-protector", "-fcf-protection=none",
                    "-Wl,-z,norelro,-z,lazy,-z,execstack", source, "-o", soft], check=True)
    subprocess.run([compiler, "-O2", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2", "-pie", "-fPIE", "-fstack-protector-strong",
                    "-Wl,-z,relro,-z,now", source, "-o", hard], check=True)
    found = missing(soft) + ([] if fortified(soft) else ["fortified functions"])
    print("the soft program misses:", ", ".join(found))
    print("the hard program misses:", ", ".join(missing(hard)))
    expected = 7 if platform.machine() == "x86_64" else 6
    # The hard one is too small for many landing pads.
    return 0 if len(found) == expected and set(missing(hard)) <= {"landing pads"} and fortified(hard) else 1


def main():
    if sys.argv[1] == "--check-yourself":
        return check_yourself(*sys.argv[2:4])
    failures = [f"{path}: {what} is missing; see cmake/KvsTarget.cmake" for path in sys.argv[1:] for what in missing(path)]
    if not any(fortified(path) for path in sys.argv[1:]):
        failures.append("no binary has fortified functions; see cmake/KvsTarget.cmake")
    print("\n".join(failures) or f"{len(sys.argv) - 1} binaries have it all")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
