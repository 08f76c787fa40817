#!/usr/bin/env bash
# Kills runs of every kind at random moments, resumes them, and compares the bytes with those of undisturbed runs.
# Usage: scripts/kill-and-resume.sh [KILLS [SEED [RUN …]]]
# KILLS: 464 unless stated, spread over the runs. The same seed gives the same moments. Builds nothing: make build first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec python3 Fuzzing/program/kill_and_resume.py .build/release/intrigue "$@"
