#!/usr/bin/env bash
# Gives damaged files of each kind to the command that reads them: exit codes 0, 1, 64 within 10 seconds and 1 GB.
# Usage: scripts/fuzz-program.sh [COUNT [SEED [KIND …]]]
# COUNT: files of each kind, 2000 unless stated. The same seed gives the same files. Builds nothing: make build first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec python3 Fuzzing/program/fuzz_program.py .build/release/intrigue "$@"
