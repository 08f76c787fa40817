#!/usr/bin/env python3
"""Counts what was tested, by target. Usage: scripts/count-tests.py PACKAGE RESULTS …

PACKAGE is a Package.swift, RESULTS are files of `swift test --xunit-output`. Fails where a run or a target has no
test (`swift test --filter` without a match exits 0), and where a test was skipped that `make test` could have run.
"""
import re
import shutil
import sys
import xml.etree.ElementTree as XML

# Reasons that no package of scripts/install-dependencies.sh takes away. Every other skip is one too many.
UNPREVENTABLE = {
    "root reads everything": "needs a user who may not read every file",
    "mnist is not in INTRIGUE_DATASETS": "make test downloads nothing from the hosts of data sets",
    "no folder of INTRIGUE_DATASETS holds golden/art_mnist.safetensors and mnist/": "is about files that are not public",
    "this processor has one instruction set only": "compares two of them",
    "seen with version 2": "is about version 2 of oneDNN",
}


def main(package, *results):
    with open(package, encoding="utf-8") as file:
        targets = re.findall(r'\.testTarget\(\s*name: "(\w+)"', file.read())
    counts = {target: {"passed": 0, "failed": 0, "skipped": 0} for target in targets}
    skips, complaints = [], []
    for result in results:
        cases = XML.parse(result).findall(".//testcase")
        if not cases:
            complaints.append(f"{result}: no test was run; does the filter still match?")
        for case in cases:
            target = case.get("classname").split(".")[0]
            skip = case.find("skipped")
            outcome = "skipped" if skip is not None else "passed" if case.find("failure") is None else "failed"
            counts.setdefault(target, {"passed": 0, "failed": 0, "skipped": 0})[outcome] += 1
            if skip is not None:
                skips.append((f"{case.get('classname')}/{case.get('name')}", (skip.text or "no reason given").strip()))

    width = max(map(len, counts))
    for target, count in sorted(counts.items()):
        print(f"{target:{width}}  {count['passed'] + count['failed']:4} tests"
              + (f", {count['skipped']} skipped" if count["skipped"] else ""))
        if count["passed"] + count["failed"] == 0:
            complaints.append(f"{target}: no test was run")
    # Elsewhere than on Debian and Ubuntu nothing is installed, so nothing could have been prevented.
    installs = shutil.which("apt-get") and shutil.which("dpkg-query")
    for name, reason in sorted(skips):
        print(f"skipped {name}: {reason}")
        if installs and reason not in UNPREVENTABLE:
            complaints.append(f"{name}: was skipped, and make test should have prevented it: {reason}")
    sys.stdout.flush()
    for complaint in complaints:
        print(f"count-tests: {complaint}", file=sys.stderr)
    sum_of = {kind: sum(count[kind] for count in counts.values()) for kind in ("passed", "failed", "skipped")}
    # Each complaint is a failure of its own: who reads the last line alone must see it.
    print(f"{sum_of['passed']} passed, {sum_of['failed'] + len(complaints)} failed, {sum_of['skipped']} skipped")
    return 1 if complaints or sum_of["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
