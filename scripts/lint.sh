#!/usr/bin/env bash
# Checks what a compiler does not: format, shell scripts, layers, headers' first lines, the length of each main.cpp.
#
#   scripts/lint.sh           all of it, in seconds
#   scripts/lint.sh --tidy    also clang-tidy over what build/compile_commands.json lists (minutes; build first)
#
# Exit 1 if anything is found.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
fail() { echo "error: $*" >&2; exit 2; }
tidy=no
case ${1:-} in
  '') ;;
  --tidy) tidy=yes ;;
  -h | --help) print_help; exit 0 ;;
  *) fail "lint.sh: want no argument, --tidy or --help, got $1" ;;
esac
cd "$(dirname "$0")/.."
for tool in git clang-format shellcheck; do
  command -v $tool > /dev/null || fail "lint.sh: $tool is missing; run scripts/setup.sh --test"
done

findings=0
found() { echo "lint: $*"; findings=$((findings + 1)); }
# Files of ours that are there: tracked or new, not ignored, not deleted.
ours() { git ls-files --cached --others --exclude-standard -- "$@" | sort -u | while read -r file; do [[ ! -f $file ]] || echo "$file"; done; }

# clang-format says much about each place; one line a file is enough to mend it.
mapfile -t sources < <(ours '*.h' '*.cpp')
while IFS=: read -r file line _; do
  found "$file:$line: format; clang-format -i $file"
done < <(clang-format --dry-run --Werror "${sources[@]}" < /dev/null 2>&1 | grep ': error: ' | sort -t: -k1,1 -u)
mapfile -t shell_scripts < <(ours '*.sh' .ci/run)
shellcheck -x "${shell_scripts[@]}" || found "shellcheck, see above"
scripts/check_layers.sh || found "check_layers.sh, see above"

for file in "${sources[@]}"; do
  read -r first_line < "$file" || true
  case $file in
    *.h) [[ $first_line == '///'* ]] || found "$file:1: want a first line that begins with /// and says what lives here, got \"$first_line\"" ;;
    apps/*/main.cpp)
      lines=$(wc -l < "$file")
      [[ $lines -lt 60 ]] || found "$file: want under 60 lines, got $lines" ;;
  esac
done

if [[ $tidy == yes ]]; then
  command -v run-clang-tidy > /dev/null || fail "lint.sh: clang-tidy is missing; run scripts/setup.sh --test"
  [[ -f build/compile_commands.json ]] || fail "lint.sh: --tidy wants build/compile_commands.json; run cmake --preset release"
  run-clang-tidy -quiet -p build "$PWD/(common|apps)/.*\.cpp$" || found "clang-tidy, see above"
fi

if [[ $findings -gt 0 ]]; then
  echo "lint: $findings findings"
  exit 1
fi
echo "lint: clean"
