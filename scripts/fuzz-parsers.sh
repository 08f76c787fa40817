#!/usr/bin/env bash
# Damages what strangers write and has the readers read it in one process, under libFuzzer and the address sanitizer.
# Usage: scripts/fuzz-parsers.sh [COUNT [SEED [READER …]]]
#        scripts/fuzz-parsers.sh repeat READER FILE
# COUNT: damaged inputs for each reader, 1000000 unless stated. SEED: 1 unless stated; the same seed and corpus give the
# same inputs. An input that crashes, takes 10 seconds or 1 GB ends its reader and is kept; the line below it repeats it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

longest_seconds=10
most_megabytes=1024
longest_input=65536
program=.build-fuzz/release/fuzz
failures=output/fuzz-failures

# The sanitizer looks for no leaks: caches are kept to the end on purpose. Freed memory is held back for less than its
# usual 256 MB, so that what is measured is the reader. Swift's own report of a crash takes seconds and says no more.
export ASAN_OPTIONS="detect_leaks=0:quarantine_size_mb=32${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
export SWIFT_BACKTRACE=enable=no

# SwiftPM turns coverage on for libFuzzer alone, and off again where the address sanitizer is asked for too.
swift build --configuration release --package-path Fuzzing --scratch-path .build-fuzz --product fuzz \
  --sanitize fuzzer --sanitize address \
  -Xswiftc -sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table -Xswiftc -enable-testing \
  2> >(grep -v 'ld.gold: warning: Cannot export local symbol' >&2)

# Files that a reader wants on a disk are in memory where the system has such a place.
memory=/dev/shm
[[ -w $memory ]] || memory=${TMPDIR:-/tmp}
TMPDIR=$(mktemp -d "$memory/intrigue-fuzz.XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

if [[ ${1:-} == repeat ]]; then
  INTRIGUE_FUZZ_READER=$2 "$program" "-timeout=$longest_seconds" "-rss_limit_mb=$most_megabytes" "$3"
  exit
fi

count=${1:-1000000}
seed=${2:-1}
readers=("${@:3}")
[[ ${#readers[@]} -gt 0 ]] || mapfile -t readers < <(INTRIGUE_FUZZ_READER=list "$program")

# Runs one reader. Prints a line of what was seen.
fuzz() {
  local reader=$1 log corpus
  log=$(mktemp)
  corpus=$(mktemp -d)
  mkdir -p "$failures"
  local places=("$corpus")
  [[ ! -d Fuzzing/Corpus/$reader ]] || places+=("Fuzzing/Corpus/$reader")
  local status=0
  INTRIGUE_FUZZ_READER=$reader "$program" "-runs=$count" "-seed=$seed" "-max_len=$longest_input" \
    "-timeout=$longest_seconds" "-rss_limit_mb=$most_megabytes" -report_slow_units=3 -print_final_stats=1 \
    "-artifact_prefix=$failures/$reader-" "${places[@]}" >"$log" 2>&1 || status=$?
  statistic() { sed -n "s/^stat::$1: *//p" "$log"; }
  printf '%-14s %9s inputs, %6s per second, %3s MB at most, slowest %s s\n' "$reader" \
    "$(statistic number_of_executed_units)" "$(statistic average_exec_per_sec)" "$(statistic peak_rss_mb)" \
    "$(statistic slowest_unit_time_sec)"
  if [[ $status -ne 0 ]]; then
    grep -E '^(SUMMARY|==.*ERROR|.*Fatal error)' "$log" | head -n 3 || tail -n 3 "$log"
    sed -n "s|.*Test unit written to \(.*\)|repeat: scripts/fuzz-parsers.sh repeat $reader \1|p" "$log"
    cp "$log" "$failures/$reader.log"
  fi
  rm -rf "${TMPDIR:?}"/*
  return $status
}

failed=0
for reader in "${readers[@]}"; do fuzz "$reader" || failed=$((failed + 1)); done
echo "${#readers[@]} readers, $failed failed"
[[ $failed -eq 0 ]]
