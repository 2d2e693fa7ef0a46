#!/usr/bin/env bash
# Configures build/ with CMake's preset "release", unless it is configured already.
#
#   scripts/configure.sh [-DNAME=VALUE]...    with options for CMake it is configured in any case
#
# A build/ that came along when the sources were copied or moved still compiles the files of the old place, and its programs
# are made of them: it is configured anew, and so built anew.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in -h | --help) print_help; exit 0 ;; esac
cd "$(dirname "$0")/.."

fresh=()
if [[ -f build/CMakeCache.txt ]]; then
  home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' build/CMakeCache.txt)
  if [[ $home -ef . ]]; then
    [[ $# -gt 0 ]] || exit 0
  else
    echo "build/ was made for the sources in $home: it is configured and built anew for $PWD" >&2
    fresh=(--fresh)
  fi
fi
cmake --preset release "${fresh[@]}" "$@"
