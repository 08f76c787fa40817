#!/usr/bin/env bash
# Fetches axe-core, which looks for what keeps people out of a page, into .build-tools. The browser tests do without
# it where it cannot be had, and say so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A package of PyPI that carries the script; nothing else of it is used.
package=axe_playwright_python
version=0.1.8
checksum=fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8

[[ ! -e .build-tools/axe.min.js ]] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wheel=$work/$package-$version-py3-none-any.whl
if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$work" \
  "$package==$version" >"$work/log" 2>&1; then
  echo "fetch-axe: axe-core could not be fetched, so pages are asked the checklist alone: $(tail -n 1 "$work/log")" >&2
  exit 0
fi
echo "$checksum  $wheel" | sha256sum --check --quiet - ||
  { echo "fetch-axe: $package $version is not the file it was" >&2; exit 1; }
mkdir -p .build-tools
python3 -m zipfile -e "$wheel" "$work/wheel"
mv "$work/wheel/$package/axe.min.js" .build-tools/axe.min.js
