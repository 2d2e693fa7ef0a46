#!/usr/bin/env bash
# Builds the checks of an assignment with your file as the solution, and runs them.
#
#   scripts/check.sh mlp [FILE] [-- OPTIONS]
#
#   scripts/check.sh mlp                            apps/mlp/exercise/solution.cpp
#   scripts/check.sh mlp mine.cpp                   another file
#   scripts/check.sh mlp mine.cpp -- --task 2.2     what follows -- goes to mlp_check, see -- --help
#
# The first run builds what the checks need (minutes), later ones compile FILE alone (seconds). The rest of the build stays as it
# is. Exit 0 if all checks pass; 2 if one does not, crashes or takes longer than 20 s (--seconds), or FILE does not compile.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
fail() { echo "error: $*" >&2; exit 2; }
case ${1:-} in
  -h | --help) print_help; exit 0 ;;
  mlp) shift ;;
  *) fail "check.sh: want the assignment's name (mlp), got ${1:-nothing}" ;;
esac
root=$(realpath "$(dirname "$0")/..")
file=$root/apps/mlp/exercise/solution.cpp
if [[ $# -gt 0 && $1 != -- ]]; then
  [[ -f $1 ]] || fail "check.sh: want a C++ file, found no $1"
  file=$(realpath "$1")
  shift
fi
if [[ $# -gt 0 ]]; then
  [[ $1 == -- ]] || fail "check.sh: want -- in front of mlp_check's options, got $1"
  shift
fi

cd "$root"
mkdir -p build/exercise
exec 9> build/exercise/lock
flock 9  # one at a time: the file is compiled at one place
# The compiler's messages name FILE, not the copy. An unchanged copy is not compiled again.
{ printf '#line 1 "%s"\n' "$file"; cat "$file"; } > build/exercise/next.cpp
cmp -s build/exercise/next.cpp build/exercise/solution.cpp || mv build/exercise/next.cpp build/exercise/solution.cpp

log=build/exercise/build.log
[[ -f build/CMakeCache.txt ]] || cmake --preset release > "$log" || { cat "$log" >&2; fail "check.sh: cmake failed, see above"; }
if ! cmake --build build --target mlp_check_own > "$log" 2>&1; then
  grep -vE '^\[|^ninja: |^FAILED|^/[^ ]*(c\+\+|ccache) ' "$log" >&2 || true
  fail "check.sh: $file does not compile, see above"
fi
# The checks run as a copy, without the lock: who comes next builds meanwhile.
own=build/exercise/check.$$
trap 'rm -f "$own"' EXIT
cp build/bin/mlp_check_own "$own"
exec 9>&-
"$own" "$@" || exit 2
