#!/usr/bin/env bash
# Trains the same network on MNIST here and in PyTorch (Python), in alternation, and prints medians and ratios.
#
#   scripts/bench.sh [mlp] [--rounds N] [--data DIR] [--json]
#
# --rounds N  alternating rounds (default 5: about 5 minutes on 2 cores; leave the machine alone meanwhile)
# --data DIR  the folder with mnist/ (default: $GLASSBOX_DATA, ../shared/data, data/)
# --json      one JSON object instead of the Markdown table
#
# The peers are scripts/bench/mlp_tensor.py (the whole set in one tensor) and mlp_idiomatic.py (torchvision's Dataset, a
# DataLoader). Both sides use the same LibTorch, the same number of threads and OpenBLAS with OpenMP threads, or it stops.
set -euo pipefail

fail() { echo "error: $*" >&2; exit 2; }
print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

rounds=5
data=
json=()
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) print_help; exit 0 ;;
    mlp) ;;
    --rounds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || fail "bench.sh: --rounds: want a whole number >= 1, got ${2:-nothing}"
      rounds=$2
      shift ;;
    --data)
      [[ -d ${2:-} ]] || fail "bench.sh: --data: want a folder, got ${2:-nothing}"
      data=$(realpath "$2")
      shift ;;
    --json) json=(--json) ;;
    *) fail "bench.sh: want mlp, --rounds N, --data DIR, --json or --help, got $1" ;;
  esac
  shift
done

# The folder with mnist/, packed or not.
find_data() {
  local folder folders
  IFS=: read -ra folders <<< "${GLASSBOX_DATA:-}"
  for folder in ${data:+"$data"} "${folders[@]}" ../shared/data data; do
    if compgen -G "$folder/mnist/train-images-idx3-ubyte*" > /dev/null; then realpath "$folder"; return; fi
    [[ -z $data ]] || break
  done
  fail "bench.sh: want mnist/ in ${data:-\$GLASSBOX_DATA, ../shared/data or data/}, found none; run scripts/data.sh mnist"
}

[[ -z ${GLASSBOX_DATA:-} ]] || GLASSBOX_DATA=$(realpath -m "$GLASSBOX_DATA")  # before the folder changes
cd "$(dirname "$0")/.."
scripts/setup.sh --bench >&2
data=$(find_data)
blas=$(compgen -G '/usr/lib/*/openblas-openmp/libblas.so.3' | head -n 1) ||
  fail "bench.sh: want libopenblas0-openmp, found none; run scripts/setup.sh"

[[ -f build/CMakeCache.txt ]] || cmake --preset release >&2
cmake --build build --target mlp >&2
cmake -S scripts/bench -B build/bench -G Ninja -DCMAKE_BUILD_TYPE=Release >&2
cmake --build build/bench >&2

exec /usr/bin/python3 scripts/bench/compare.py --data "$data" --blas "$(dirname "$blas")" --hello build/bench/bin/hello_torch \
  --rounds "$rounds" "${json[@]}"
