#!/usr/bin/env python3
"""Adds up what CTest wrote with --output-junit.

Usage: junit_totals.py [--empty-is-fine] FILE...
Standard output: "<passed> <failed> <skipped>" over all files. Standard error: the name of each failed test.

CTest calls a test that it could not start "notrun" and puts it under the skipped ones; here it is a failure.
Skipped is only what a test says of itself: GTEST_SKIP, exit status 77 where that is declared, or that it is disabled.
A file that is missing, cannot be read or (without --empty-is-fine) has no test in it counts as one failure: its tests
are not known to have passed.
"""

import sys
import xml.etree.ElementTree as ElementTree

SKIPPED_BY_ITSELF = ("SKIP_RETURN_CODE", "SKIP_REGULAR_EXPRESSION")


def outcome(case):
    """passed, failed or skipped: of one <testcase> element."""
    skipped = case.find("skipped")
    if skipped is not None:
        message = skipped.get("message", "")
        return "skipped" if message.startswith(SKIPPED_BY_ITSELF) else "failed"
    if case.get("status") == "disabled":
        return "skipped"
    if case.get("status") == "run" and case.find("failure") is None:
        return "passed"
    return "failed"


def main(arguments):
    empty_is_fine = "--empty-is-fine" in arguments
    paths = [argument for argument in arguments if argument != "--empty-is-fine"]
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in paths:
        try:
            cases = list(ElementTree.parse(path).getroot().iter("testcase"))
        except (OSError, ElementTree.ParseError) as error:
            print(f"{path}: no results: {error}", file=sys.stderr)
            counts["failed"] += 1
            continue
        if not cases and not empty_is_fine:
            print(f"{path}: not one test ran", file=sys.stderr)
            counts["failed"] += 1
        for case in cases:
            result = outcome(case)
            counts[result] += 1
            if result == "failed":
                print(f"{path}: {case.get('name')} failed", file=sys.stderr)
    print(counts["passed"], counts["failed"], counts["skipped"])


if __name__ == "__main__":
    main(sys.argv[1:])
