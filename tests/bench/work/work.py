#!/usr/bin/env python3
"""Compares the work of the pieces of tests/bench with figures.json: no clock is read, so a busy or another machine makes no difference.

Usage: work.py [--program FILE] SUBJECT   e.g. core; exit status 1 when one of its pieces does more than it should
       work.py [--program FILE] --update [SUBJECT]  writes figures.json anew, all of it or those of the subject

What counts, for one run of a piece, once it is steady:
  instructions   of our own objects, by callgrind, on all threads. Those of the C library and of others are left out: which of their
                 variants runs is decided by the processor.
  allocations    calls of operator new
  copied_bytes   by memcpy, memmove and memset that our own code calls
Instructions are compared only with figures of the same compiler and flags. More by a tenth is a failure; less by a tenth passes, and
asks for an update.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", "..", ".."))
FIGURES = os.path.join(HERE, "figures.json")
DEFAULT_PROGRAM = os.path.join(ROOT, "build/test/tests/bench/work/work_counts")

RUNS = 60  # whole seconds of video, at 10 and at 30 frames each
TOLERANCE = 0.10
# What threads that meet a little later than last time make, and what is left when a sum over RUNS runs is rounded.
ROUNDING = {"instructions": 1, "allocations": 0.02, "copied_bytes": 1}
# Valgrind takes the processor's instruction for copying byte by byte: the C library shall not use it.
QUICK = {"GLIBC_TUNABLES": "glibc.cpu.x86_rep_movsb_threshold=0x7fffffff:glibc.cpu.x86_rep_stosb_threshold=0x7fffffff"}
LAP = "kvs_bench_lap"
SKIPPED = 77
TOP = 12  # functions shown of a piece that does more


def run_under_callgrind(program, name, folder):
    """What the program printed, and the path of what was counted between its two laps."""
    out = os.path.join(folder, "callgrind.out")
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", f"--dump-before={LAP}",
               "--dump-line=no", program, name, str(RUNS)]
    done = subprocess.run(command, env={**os.environ, **QUICK}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"work: {name}: {done.stderr[-2000:]}")
    return done.stdout, out + ".2"  # .1: until the first lap


def own_instructions(path, program):
    """Instructions of each function of the program itself, without those of functions that it calls."""
    names, objects = {}, {}
    costs = {}
    own = False
    function = ""
    skip = False
    # Names are given a number when they first occur, and only that afterwards.
    definition = re.compile(r"(c?ob|c?fn)=(\(\d+\))(?: (.*))?$")
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            match = definition.match(line)
            if match:
                what, number, text = match.groups()
                table = objects if what.endswith("ob") else names
                if text:
                    table[number] = text
                if what == "ob":
                    own = os.path.basename(table[number]) == os.path.basename(program)
                elif what == "fn":
                    function = table[number]
            elif line.startswith("calls="):
                skip = True  # the next line is the cost of the callee
            elif line[0].isdigit() or line[0] in "+-*":
                if skip:
                    skip = False
                elif own:
                    costs[function] = costs.get(function, 0) + int(line.split()[1])
    return costs


def measure(program, name):
    """The figures of one piece, and the instructions of its functions; each for one run."""
    with tempfile.TemporaryDirectory() as folder:
        printed, path = run_under_callgrind(program, name, folder)
        functions = own_instructions(path, program)
    allocations, copied = (int(word) for word in printed.split())
    figures = {"instructions": round(sum(functions.values()) / RUNS), "allocations": round(allocations / RUNS, 2),
               "copied_bytes": round(copied / RUNS)}
    return figures, {function: cost / RUNS for function, cost in functions.items()}


def compare(name, old, new, with_instructions):
    """Prints what differs. Whether nothing grew."""
    fine = True
    for what, figure in new.items():
        if what == "instructions" and not with_instructions:
            continue
        was = old[what]
        if figure > was * (1 + TOLERANCE) + ROUNDING[what]:
            fine = False
            verdict = "MORE"
        elif figure < was * (1 - TOLERANCE) - ROUNDING[what]:
            verdict = f"less: please keep it, with {os.path.relpath(__file__, ROOT)} --update"
        else:
            verdict = "as before"
        change = f"{100 * (figure - was) / was:+.1f} %" if was else f"{figure - was:+}"
        print(f"{name}: {what} {was} -> {figure} ({change}) {verdict}")
    return fine


def show_functions(functions):
    print("  instructions of our own functions in one run, the most expensive first:")
    for function, cost in sorted(functions.items(), key=lambda item: -item[1])[:TOP]:
        print(f"  {cost:12.1f}  {function}")


def pieces(program):
    """(subject, name) of each."""
    listed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return [tuple(line.split()) for line in listed.splitlines()]


def check(program, built_with, subject):
    with open(FIGURES, encoding="utf-8") as file:
        known = json.load(file)
    comparable = known["built_with"] == built_with
    if not comparable:
        print(f"instructions are not compared: this was built with '{built_with}', the figures with '{known['built_with']}'")
    names = [name for of, name in pieces(program) if of == subject]
    if not names:
        sys.exit(f"work: there is no subject {subject}")
    fine = True
    for name in names:
        new, functions = measure(program, name)
        old = known["work"].get(name)
        if old is None:
            print(f"{name}: there are no figures of it; {os.path.relpath(__file__, ROOT)} --update writes them: {new}")
            fine = False
        elif not compare(name, old, new, comparable):
            show_functions(functions)
            fine = False
    return 0 if fine else 1


def update(program, built_with, subject):
    work = {}
    if subject:
        with open(FIGURES, encoding="utf-8") as file:
            work = json.load(file)["work"]
    names = [name for of, name in pieces(program) if subject in (None, of)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work.update(zip(names, pool.map(lambda name: measure(program, name)[0], names)))
    lines = [f"    {json.dumps(name)}: {json.dumps(figures)}" for name, figures in work.items()]
    with open(FIGURES, "w", encoding="utf-8") as file:
        file.write('{\n  "built_with": ' + json.dumps(built_with) + ',\n  "work": {\n' + ",\n".join(lines) + "\n  }\n}\n")
    return 0


def built_with_of(program):
    """What the build noted beside its program."""
    with open(program + ".built_with", encoding="utf-8") as file:
        return file.read().strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=DEFAULT_PROGRAM, help="work_counts (%(default)s)")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("subject", nargs="?", metavar="SUBJECT")
    options = parser.parse_args()
    if not options.update and not options.subject:
        parser.error("a subject, or --update")
    if shutil.which("valgrind") is None:
        print("there is no valgrind: scripts/setup --tests installs it")
        return SKIPPED
    built_with = built_with_of(options.program)
    if options.update:
        return update(options.program, built_with, options.subject)
    return check(options.program, built_with, options.subject)


if __name__ == "__main__":
    sys.exit(main())
