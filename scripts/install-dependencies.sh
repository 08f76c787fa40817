#!/usr/bin/env bash
# Checks for Swift, then installs the Debian or Ubuntu packages that Intrigue needs and this machine lacks, with
# --tests those of its tests too. Installs nothing, asks for nothing and stays silent where everything is there.
set -euo pipefail

oldest_swift=6.3

# Package and what needs it. Headers come with the -dev packages; their libraries follow as dependencies.
needed=(
  libdnnl-dev            # oneDNN: convolution, matrix product, pooling
  libopenblas-dev        # BLAS and LAPACK: linear algebra
  liblbfgsb-dev          # L-BFGS-B: minimisation in a box
  libboost-math-dev      # Boost.Math: Student, normal and beta distributions
  libpng-dev             # PNG
  libjpeg-dev            # JPEG
  libexif-dev            # how a camera was held
  libcairo2-dev          # text and drawing
  fonts-dejavu-core      # the typeface of every figure
  gnuplot-nox            # charts
  libsqlite3-dev         # SQLite: answers of a study
  zlib1g-dev             # gzip
  libssl-dev             # SHA-256
  libcurl4               # downloads
  dataset-fashion-mnist  # 70,000 real images to start with
  pkg-config             # tells SwiftPM where the headers are
  git ca-certificates    # SwiftPM fetches swift-argument-parser
)

# What looks at the pages in a real browser, and typesets the article.
needed_by_tests=(
  chromium chromium-driver  # the browser
  python3-selenium          # drives it
  python3-html5lib tidy     # read the HTML
  python3-pip               # fetches axe-core
  texlive-latex-recommended # LaTeX, BibTeX, booktabs
  lmodern                   # its letters as outlines
)
# The browser is driven by way of localhost, which a system in a box may not know.
getent hosts localhost >/dev/null || needed_by_tests+=(libnss-myhostname)
[[ ${1:-} != --tests ]] || needed+=("${needed_by_tests[@]}")

fail() {
  echo "install-dependencies: $1" >&2
  shift
  [[ $# -eq 0 ]] || printf '  %s\n' "$@" >&2
  exit 1
}

check_swift() {
  local version
  command -v swift >/dev/null ||
    fail "Swift is missing: install version $oldest_swift or later from https://www.swift.org/install and try again."
  version=$(swift --version 2>&1) ||
    fail "swift is at $(command -v swift) but does not run: ${version%%$'\n'*}" \
      "The packages that Swift itself needs are listed at https://www.swift.org/install."
  [[ $version =~ Swift\ version\ ([0-9]+\.[0-9]+) ]] ||
    fail "cannot tell the version of $(command -v swift) from: ${version%%$'\n'*}"
  version=${BASH_REMATCH[1]}
  [[ $(printf '%s\n' "$oldest_swift" "$version" | sort -V | head -n 1) == "$oldest_swift" ]] ||
    fail "Swift $version is too old: Intrigue needs $oldest_swift or later, from https://www.swift.org/install."
}

# Newer releases call some libraries by another name, which ends in t64, and know the old one only to install it.
is_installed() {
  [[ $'\n'$(dpkg-query --show --showformat='${db:Status-Status}\n' "$1" "$1t64" 2>/dev/null) == *$'\n'installed* ]]
}

check_swift

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "This is neither Debian nor Ubuntu, so nothing was installed. Intrigue needs oneDNN, OpenBLAS with LAPACK," \
    "L-BFGS-B, Boost.Math, libpng, libjpeg (libjpeg-turbo), libexif, Cairo, zlib, OpenSSL and SQLite with their headers, pkg-config," \
    "gnuplot and the DejaVu fonts; the build goes on in the hope that they are here." >&2
  exit 0
fi

missing=()
for package in "${needed[@]}"; do
  is_installed "$package" || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

by_hand="apt-get update && apt-get install --no-install-recommends ${missing[*]}"
as_root=()
if [[ $EUID -ne 0 ]]; then
  command -v sudo >/dev/null ||
    fail "packages are missing, and installing them needs root or sudo. Run this as root, then try again:" "$by_hand"
  as_root=(sudo)
fi

echo "Installing ${#missing[@]} missing Debian package(s):"
printf '  %s\n' "${missing[@]}"

# One call, so that sudo asks once. One unreachable source makes the update fail though the others may have all
# that is needed, so its failure is reported and the installation decides.
"${as_root[@]}" bash -s -- "${missing[@]}" <<'AS_ROOT' ||
  export DEBIAN_FRONTEND=noninteractive
  apt() { apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" </dev/null; }
  apt update || echo "install-dependencies: apt-get update failed; trying with the package lists at hand." >&2
  apt install --no-install-recommends "$@"
AS_ROOT
  fail "the packages could not be installed. Run this as root to see why, then try again:" "$by_hand"
