#!/usr/bin/env bash
# An image of a page as a browser shows it: how the README's image is made.
#
#   scripts/screenshot.sh PAGE.html OUT.png [WIDTH HEIGHT]      (default 1300 1500; needs Debian's chromium)
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
[[ ${1:-} != -h && ${1:-} != --help ]] || { print_help; exit 0; }
[[ $# -eq 2 || $# -eq 4 ]] || { echo "error: screenshot.sh: want PAGE.html OUT.png [WIDTH HEIGHT], got $# arguments" >&2; exit 2; }
command -v chromium > /dev/null || { echo "error: screenshot.sh: chromium is missing; apt-get install chromium" >&2; exit 2; }
[[ -f $1 ]] || { echo "error: screenshot.sh: no such page: $1" >&2; exit 2; }

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update \
  --disable-sync --hide-scrollbars --user-data-dir="$profile" --screenshot="$(realpath -m "$2")" \
  --window-size="${3:-1300},${4:-1500}" "file://$(realpath "$1")" 2> /dev/null
echo "$2: $(stat -c %s "$2") bytes"
