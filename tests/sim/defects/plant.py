#!/usr/bin/env python3
"""Plants a defect: writes a copy of a source file that has it when KVS_DEFECT is defined.

usage: plant.py DEFECT SOURCE_ROOT OUTPUT

A defect is a text file: a sentence that says what is wrong, "file" and the source it is in, "breaks" and the invariants of
docs/simulation.md that may notice, and then, between <<<<, ==== and >>>> lines, what stands in the source and what stands there
instead. What stands there must be found exactly once: a defect that no longer fits the source stops the build, not the proof.
"""
import pathlib
import sys


class Defect:
    def __init__(self, path):
        head, _, rest = path.read_text().partition("<<<<\n")
        good, _, rest = rest.partition("====\n")
        bad, end, _ = rest.partition(">>>>\n")
        fields = dict(line.split(" ", 1) for line in head.splitlines()[1:])
        if not end or {"file", "breaks"} - fields.keys():
            raise SystemExit(f"{path}: not a defect")
        self.file, self.good, self.bad = fields["file"], good, bad


def main():
    path, root, output = (pathlib.Path(argument) for argument in sys.argv[1:])
    defect = Defect(path)
    source = (root / defect.file).read_text()
    if source.count(defect.good) != 1:
        raise SystemExit(f"{path}: what it replaces stands {source.count(defect.good)} times in {defect.file}")
    switch = f"#ifdef KVS_DEFECT\n{defect.bad}#else\n{defect.good}#endif\n"
    output.write_text(source.replace(defect.good, switch))


main()
