#!/bin/sh
# Usage: write-commit.sh PACKAGE FILE     writes the Swift file FILE, which says what commit PACKAGE is at
#
# Without git, or in a folder that is no clone of its own (an unpacked archive inside another repository), the commit is
# unknown. Never fails a build, and leaves the file alone where it says this already.
set -u
package=${1%/} file=$2
commit=unknown
if [ -e "$package/.git" ] && command -v git >/dev/null 2>&1; then
  # A clone may belong to somebody else, as in a container.
  found=$(git -c safe.directory="$package" -C "$package" describe --always --dirty --abbrev=12 2>/dev/null) || found=
  case $found in
    '' | *[!0-9A-Za-z._-]*) ;;
    *) commit=$found ;;
  esac
fi
text="@inline(never) func writtenCommit() -> String { \"$commit\" }"
if [ ! -f "$file" ] || [ "$(cat "$file")" != "$text" ]; then printf '%s\n' "$text" >"$file"; fi
exit 0
