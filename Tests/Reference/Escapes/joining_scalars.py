"""Writes Tests/EscapesTests/JoiningScalars.swift: every scalar that forms one Character with its neighbour.

Reads Unicode's GraphemeBreakProperty.txt, as Debian's package unicode-data has it, or the file named.
Run in the folder of the repository: python3 Tests/Reference/Escapes/joining_scalars.py
"""

import re
import sys

KINDS = ["Prepend", "Extend", "SpacingMark", "ZWJ"]
source = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode/auxiliary/GraphemeBreakProperty.txt"
lines = open(source, encoding="utf-8").read().splitlines()
ranges = {kind: [] for kind in KINDS}
for line in lines:
    found = re.match(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*(\w+)", line)
    if found and found[3] in KINDS:
        first, last = int(found[1], 16), int(found[2] or found[1], 16)
        own = ranges[found[3]]
        if own and own[-1][1] + 1 == first:
            own[-1][1] = last
        else:
            own.append([first, last])

with open("Tests/EscapesTests/JoiningScalars.swift", "w", encoding="utf-8") as out:
    out.write("// Written by Tests/Reference/Escapes/joining_scalars.py from %s.\n\n" % lines[0].strip("# "))
    out.write("/// Scalars that form one Character with what stands before or after them (Unicode Standard Annex #29).\n")
    out.write("enum JoiningScalars {\n  static let all: [Unicode.Scalar] = ranges.flatMap { $0.compactMap(Unicode.Scalar.init) }\n\n")
    out.write("  private static let ranges: [ClosedRange<UInt32>] = [\n")
    for kind in KINDS:
        out.write("    // %s.\n" % kind)
        words = ["0x%X...0x%X," % (first, last) for first, last in ranges[kind]]
        line = "   "
        for word in words:
            if len(line) + 1 + len(word) > 110:
                out.write(line + "\n")
                line = "   "
            line += " " + word
        out.write(line + "\n")
    out.write("  ]\n}\n")
