#!/usr/bin/env bash
# From a bare Debian to a network that reads handwritten digits: installs, fetches the data, builds, trains.
#
#   scripts/quickstart.sh
#
# Ends with the share of test digits it reads correctly and the report to open in a browser.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in
  '') ;;
  -h | --help) print_help; exit 0 ;;
  *) echo "error: quickstart.sh: want no argument or --help, got $1" >&2; exit 2 ;;
esac

cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/data.sh digits
scripts/configure.sh
cmake --build build --target mlp doctor
build/bin/mlp train --config configs/mlp/digits.json
echo "quickstart took $SECONDS s"
