#!/usr/bin/env bash
# Cuts the solutions out of an exercise: what students are given.
#
#   scripts/cut_solutions.sh IN OUT    as apps/mlp/exercise/solution.cpp handed_out.cpp
#
# Everything between "// BEGIN SOLUTION task 2.1" and "// END SOLUTION" becomes a line that says "task 2.1 is not written yet" when
# it is called. Stops if IN has no such lines, or if they are not in pairs.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
fail() { echo "error: $*" >&2; exit 2; }
case ${1:-} in -h | --help) print_help; exit 0 ;; esac
[[ $# -eq 2 ]] || fail "cut_solutions.sh: want IN and OUT, got $# arguments"
[[ -f $1 ]] || fail "cut_solutions.sh: want a file to cut, found no $1"
[[ ! $1 -ef $2 ]] || fail "cut_solutions.sh: want OUT to be another file than IN, got $2 twice"

cut=$(mktemp)
trap 'rm -f "$cut"' EXIT
awk '
function stop(what) { printf "error: %s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"; stopped = 1; exit 2 }
/BEGIN SOLUTION/ {
  if (open) stop("BEGIN SOLUTION within the one of line " open)
  if (!match($0, /^ *\/\/ BEGIN SOLUTION task [0-9]+\.[0-9]+$/)) stop("want \"// BEGIN SOLUTION task 2.1\" alone on its line, got " $0)
  open = FNR
  count++
  indent = $0
  sub(/\/.*/, "", indent)
  print indent "// Write task " $NF " here, in place of the next line."
  print indent "not_written(\"" $NF "\");"
  next
}
/END SOLUTION/ {
  if (!open) stop("END SOLUTION without BEGIN SOLUTION")
  if (!match($0, /^ *\/\/ END SOLUTION$/)) stop("want \"// END SOLUTION\" alone on its line, got " $0)
  open = 0
  next
}
!open { print }
END {
  if (stopped) exit 2
  if (open) stop("BEGIN SOLUTION of line " open " has no END SOLUTION")
  if (!count) stop("want lines with BEGIN SOLUTION and END SOLUTION, found none")
}
' "$1" > "$cut" || exit 2
cat "$cut" > "$2"
echo "cut $(grep -c 'not_written(' "$2") solutions: $2"
