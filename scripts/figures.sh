#!/usr/bin/env bash
# The figures of the README: test accuracy of an app's experiments as mean and spread over seeds.
#
#   scripts/figures.sh [--app mlp|cnn] [NAME...] [--seeds "1 2 3"]
#
# --app NAME  whose experiments (default mlp)
# NAME        experiments in configs/APP (default: digits xor spirals mnist fashion_mnist of mlp, lenet5 mnist_fast fashion_fast of cnn)
# --seeds     default "1 2 3 4 5"
#
# Runs go to runs/figures and may be deleted.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
fail() { echo "error: $*" >&2; exit 2; }
names=() seeds="1 2 3 4 5" app=mlp
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) print_help; exit 0 ;;
    --seeds) seeds=${2:?--seeds wants a list}; shift 2 ;;
    --app)
      [[ ${2:-} =~ ^(mlp|cnn)$ ]] || fail "figures.sh: --app: want mlp or cnn, got ${2:-nothing}"
      app=$2
      shift 2 ;;
    -*) fail "figures.sh: unknown flag $1; see --help" ;;
    *) names+=("$1"); shift ;;
  esac
done
[[ -z ${GLASSBOX_DATA:-} ]] || GLASSBOX_DATA=$(realpath -m "$GLASSBOX_DATA")  # before the folder changes
cd "$(dirname "$0")/.."
if [[ ${#names[@]} -eq 0 ]]; then
  case $app in
    mlp) names=(digits xor spirals mnist fashion_mnist) ;;
    cnn) names=(lenet5 mnist_fast fashion_fast) ;;
  esac
fi
for name in "${names[@]}"; do
  [[ -f configs/$app/$name.json ]] || fail "figures.sh: want an experiment in configs/$app, found no $name.json"
done
[[ -x build/bin/$app ]] || fail "figures.sh: no build/bin/$app; cmake --preset release && cmake --build build --target $app"

echo "| experiment | seeds | test accuracy, mean | lowest | highest | seconds a run |"
echo "| --- | --- | ---: | ---: | ---: | ---: |"
for name in "${names[@]}"; do
  for seed in $seeds; do
    "build/bin/$app" train --config "configs/$app/$name.json" --seed "$seed" --run "runs/figures/$app-$name-$seed" --quiet --json
  done | awk -v name="$name" -v seeds="$seeds" '
    /^  "seconds"/ { gsub(/[",]/, ""); seconds += $2 }
    /^    "accuracy"/ { gsub(/[",]/, ""); a = 100 * $2; sum += a; n++; if (n == 1 || a < low) low = a; if (a > high) high = a }
    END { if (n == 0) exit 1; printf "| %s | %s | %.2f %% | %.2f | %.2f | %.1f |\n", name, seeds, sum / n, low, high, seconds / n }'
done
