#!/bin/sh
# Damages files at random and reads them under the address sanitizer. Usage: scripts/fuzz-parsers.sh [COUNT]
# COUNT: damaged files for each parser, 100000 unless stated. Everything is seeded: a failure repeats.
set -eu
cd "$(dirname "$0")/.."
export INTRIGUE_FUZZ_COUNT="${1:-${INTRIGUE_FUZZ_COUNT:-100000}}"
# Leaks are not looked for: the test runner itself keeps memory to its end.
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
exec swift test -c release -Xswiftc -enable-testing --sanitize=address --scratch-path .build-asan \
  --filter 'ParserFuzzTests'
