#!/usr/bin/env bash
# Builds the checks of an assignment with your file as the solution, and runs them.
#
#   scripts/check.sh APP [FILE] [-- OPTIONS]      APP: who has an exercise in apps/APP, as mlp (assignment 1), cnn (assignment 2)
#
#   scripts/check.sh mlp                            apps/mlp/exercise/solution.cpp
#   scripts/check.sh mlp mine.cpp                   another file
#   scripts/check.sh mlp mine.cpp -- --task 2.2     what follows -- goes to mlp_check, see -- --help
#   scripts/check.sh cnn                            apps/cnn/exercise/solution.cpp; and so on
#
# The first run builds what the checks need (minutes), later ones compile FILE alone (seconds). The rest of the build stays as it
# is. Exit 0 if all checks pass; 2 if one does not, crashes or takes longer than 20 s (--seconds), or FILE does not compile.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
fail() { echo "error: $*" >&2; exit 2; }
case ${1:-} in -h | --help) print_help; exit 0 ;; esac
root=$(realpath "$(dirname "$0")/..")
apps=$(cd "$root/apps" && echo */exercise)
apps=${apps//\/exercise/}
[[ ${1:-} =~ ^[a-z0-9_]+$ && " $apps " == *" $1 "* ]] ||
  fail "check.sh: want the assignment's name, one of $apps, got ${1:-nothing}"
app=$1
shift
file=$root/apps/$app/exercise/solution.cpp
if [[ $# -gt 0 && $1 != -- ]]; then
  [[ -f $1 ]] || fail "check.sh: want a C++ file, found no $1"
  file=$(realpath "$1")
  shift
fi
if [[ $# -gt 0 ]]; then
  [[ $1 == -- ]] || fail "check.sh: want -- in front of ${app}_check's options, got $1"
  shift
fi

cd "$root"
work=build/exercise/$app
mkdir -p "$work"
exec 9> build/exercise/lock
flock 9  # one at a time: one build folder, and one place where the file is compiled
# The compiler's messages name FILE, not the copy. An unchanged copy is not compiled again.
{ printf '#line 1 "%s"\n' "$file"; cat "$file"; } > "$work/next.cpp"
cmp -s "$work/next.cpp" "$work/solution.cpp" || mv "$work/next.cpp" "$work/solution.cpp"

log=$work/build.log
scripts/configure.sh > "$log" || { cat "$log" >&2; fail "check.sh: cmake failed, see above"; }
if ! cmake --build build --target "${app}_check_own" > "$log" 2>&1; then
  grep -vE '^\[|^ninja: |^FAILED|^/[^ ]*c\+\+ ' "$log" >&2 || true
  fail "check.sh: $file does not compile, see above"
fi
# The checks run as a copy, without the lock: who comes next builds meanwhile.
own=$work/check.$$
trap 'rm -f "$own"' EXIT
cp "build/bin/${app}_check_own" "$own"
exec 9>&-
"$own" "$@" || exit 2
