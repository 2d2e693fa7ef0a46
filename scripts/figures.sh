#!/usr/bin/env bash
# The figures of the README: test accuracy of the mlp experiments as mean and spread over seeds.
#
#   scripts/figures.sh [NAME...] [--seeds "1 2 3"]
#
# NAME: experiments in configs/mlp (default: digits xor spirals mnist fashion_mnist). Runs go to runs/figures and may be deleted.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
names=() seeds="1 2 3 4 5"
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) print_help; exit 0 ;;
    --seeds) seeds=${2:?--seeds wants a list}; shift 2 ;;
    -*) echo "error: figures.sh: unknown flag $1; see --help" >&2; exit 2 ;;
    *) names+=("$1"); shift ;;
  esac
done
[[ -z ${GLASSBOX_DATA:-} ]] || GLASSBOX_DATA=$(realpath -m "$GLASSBOX_DATA")  # before the folder changes
cd "$(dirname "$0")/.."
[[ ${#names[@]} -gt 0 ]] || names=(digits xor spirals mnist fashion_mnist)

echo "| experiment | seeds | test accuracy, mean | lowest | highest | seconds a run |"
echo "| --- | --- | ---: | ---: | ---: | ---: |"
for name in "${names[@]}"; do
  for seed in $seeds; do
    build/bin/mlp train --config "configs/mlp/$name.json" --seed "$seed" --run "runs/figures/$name-$seed" --quiet --json
  done | awk -v name="$name" -v seeds="$seeds" '
    /^  "seconds"/ { gsub(/[",]/, ""); seconds += $2 }
    /^    "accuracy"/ { gsub(/[",]/, ""); a = 100 * $2; sum += a; n++; if (n == 1 || a < low) low = a; if (a > high) high = a }
    END { printf "| %s | %s | %.2f %% | %.2f | %.2f | %.1f |\n", name, seeds, sum / n, low, high, seconds / n }'
done
