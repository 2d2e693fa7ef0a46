#!/usr/bin/env bash
# Trains the same networks here and in PyTorch (Python), in alternation, and prints medians and ratios.
#
#   scripts/bench.sh [mlp|cnn|...] [--only PART | --beside N,N...] [--rounds N] [--data DIR] [--json]
#
# mlp         MNIST by a perceptron with two hidden layers; speed, memory, time to start (the default)
# cnn         its parts: lenet5 (MNIST), resnet20 (CIFAR-10), mnist_99 (time to 99.0 %), image_folder (JPEGs)
# --only PART cnn: that part alone
# --beside N  2 threads beside N programs that keep a core busy each, against the tuned script alone; "0,1,2,4" gives a row
#             each (mlp, or LeNet-5 with cnn; about 40 s a row and round, far more where the scripts' threads fight)
# --rounds N  alternating rounds (default 5: about 5 minutes with mlp, 20 with cnn; leave the machine alone meanwhile)
# --data DIR  the folder with mnist/ and cifar10/ (default: $GLASSBOX_DATA, ../shared/data, data/)
# --json      one JSON object instead of the Markdown table
#
# scripts/bench/compare.py (mlp) and APP_compare.py say what is timed, the other files there are the PyTorch scripts: of one who
# minds speed (the whole set in a tensor) and of one who writes as tutorials do (torchvision's Dataset, a DataLoader). Both
# sides use the same LibTorch, the same number of threads and OpenBLAS with OpenMP threads, or it stops.
set -euo pipefail

fail() { echo "error: $*" >&2; exit 2; }
print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

apps=$(cd "$(dirname "$0")/bench" && echo mlp *_compare.py)
apps=${apps//_compare.py/}
app=mlp
rounds=5
data=
only=
beside=
options=()
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) print_help; exit 0 ;;
    --rounds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || fail "bench.sh: --rounds: want a whole number >= 1, got ${2:-nothing}"
      rounds=$2
      shift ;;
    --data)
      [[ -d ${2:-} ]] || fail "bench.sh: --data: want a folder, got ${2:-nothing}"
      data=$(realpath "$2")
      shift ;;
    --only)
      [[ ${2:-} =~ ^(lenet5|resnet20|mnist_99|image_folder)$ ]] ||
        fail "bench.sh: --only: want lenet5, resnet20, mnist_99 or image_folder, got ${2:-nothing}"
      only=$2
      shift ;;
    --beside)
      [[ ${2:-} =~ ^[0-9]+(,[0-9]+)*$ ]] || fail "bench.sh: --beside: want numbers such as 2 or 0,1,2,4, got ${2:-nothing}"
      beside=$2
      shift ;;
    --json) options+=(--json) ;;
    *)
      [[ $1 =~ ^[a-z0-9_]+$ && " $apps " == *" $1 "* ]] ||
        fail "bench.sh: want one of $apps, --only PART, --beside N, --rounds N, --data DIR, --json or --help, got $1"
      app=$1 ;;
  esac
  shift
done
[[ -z $only || $app == cnn ]] || fail "bench.sh: --only $only: want it with cnn, got $app"
[[ -z $beside || $app =~ ^(mlp|cnn)$ ]] || fail "bench.sh: --beside: want it with mlp or cnn, got $app"
[[ -z $beside || ${only:-lenet5} == lenet5 ]] || fail "bench.sh: --beside: want --only lenet5 or no part, got --only $only"
[[ -z $beside ]] || only=
[[ -z $only ]] || options+=(--only "$only")

# Before the folder changes.
IFS=: read -ra given <<< "${GLASSBOX_DATA:-}"
folders=()
for folder in "${given[@]}"; do folders+=("$(realpath -m "$folder")"); done
cd "$(dirname "$0")/.."
folders+=("$(realpath -m ../shared/data)" "$PWD/data")
[[ -n $data ]] || data=$(IFS=:; echo "${folders[*]}")

scripts/setup.sh --bench >&2
blas=$(compgen -G '/usr/lib/*/openblas-openmp/libblas.so.3' | head -n 1) ||
  fail "bench.sh: want libopenblas0-openmp, found none; run scripts/setup.sh"
options+=(--data "$data" --blas "$(dirname "$blas")" --rounds "$rounds")

scripts/configure.sh >&2
cmake --build build --target "$app" >&2
if [[ -n $beside ]]; then
  exec /usr/bin/python3 scripts/bench/beside.py --app "$app" --beside "$beside" "${options[@]}"
fi
if [[ $app != mlp ]]; then exec /usr/bin/python3 "scripts/bench/${app}_compare.py" "${options[@]}"; fi
cmake -S scripts/bench -B build/bench -G Ninja -DCMAKE_BUILD_TYPE=Release >&2
cmake --build build/bench >&2
exec /usr/bin/python3 scripts/bench/compare.py --hello build/bench/bin/hello_torch "${options[@]}"
