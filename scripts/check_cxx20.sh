#!/usr/bin/env bash
# Newer LibTorch demands C++20: parses every source of ours as C++20, without making code.
#
#   scripts/check_cxx20.sh
#
# Exit 1 if a file is not valid C++20. Takes minutes, so it is run by hand and by scripts/debian13.sh, not by the tests.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in
  '') ;;
  -h | --help) print_help; exit 0 ;;
  *) echo "error: check_cxx20.sh: want no argument or --help, got $1" >&2; exit 2 ;;
esac
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

multiarch=$(g++ -print-multiarch)
flags=(-std=c++20 -O1 -fopenmp -w -DONNX_ML=1 -DONNX_NAMESPACE=onnx -I. -isystem /usr/include/torch/csrc/api/include -isystem /usr/include/opencv4
       -isystem "/usr/include/$multiarch/opencv4")
read -ra cairo < <(pkg-config --cflags cairo)
flags+=("${cairo[@]}")
cp common/pch.h "$scratch/pch.h"
g++ "${flags[@]}" -x c++-header "$scratch/pch.h" -o "$scratch/pch.h.gch"
find common apps -name '*.cpp' -print0 | sort -z |
  xargs -0 -P "$(nproc)" -n 8 g++ "${flags[@]}" -include "$scratch/pch.h" -fsyntax-only
echo "c++20: $(find common apps -name '*.cpp' | wc -l) files parse"
