#!/usr/bin/env bash
# What looking into the network costs: trains the same experiment with and without looks, in alternation.
#
#   scripts/bench_looks.sh [ROUNDS] [CONFIG...]    (default 5 rounds of spirals, digits and mnist)
#
# Prints medians and their ratios: seconds of training (summary.json), of the whole program with its report, and of all
# processors together, which is the fairest figure on a machine that others use too.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
[[ ${1:-} != -h && ${1:-} != --help ]] || { print_help; exit 0; }
cd "$(dirname "$0")/.."
rounds=${1:-5}
configs=("${@:2}")
[[ ${#configs[@]} -gt 0 ]] || configs=(configs/mlp/spirals.json configs/mlp/digits.json configs/mlp/mnist.json)
for config in "${configs[@]}"; do
  [[ -f $config ]] || { echo "error: bench_looks.sh: want experiment files, found no $config" >&2; exit 2; }
  app=$(basename "$(dirname "$config")")  # configs/cnn/lenet5.json is an experiment of cnn
  [[ -x build/bin/$app ]] || { echo "error: bench_looks.sh: no build/bin/$app; cmake --preset release && cmake --build build" >&2; exit 2; }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

median() { sort -n | awk '{ values[NR] = $1 } END { print values[int((NR + 1) / 2)] }'; }

# One run with $2 looks: its seconds of training, of everything, and of all processors together, as lines of files.
train() {
  local whole user system
  read -r whole user system < <({ TIMEFORMAT='%R %U %S'; time "build/bin/$(basename "$(dirname "$1")")" train --config "$1" --set "looks=$2" \
    --run "$scratch/run" --quiet > /dev/null; } 2>&1 | tail -1)
  sed -n 's/.*"seconds": \([0-9.e-]*\).*/\1/p' "$scratch/run/summary.json" | head -1 >> "$scratch/train-$2"
  echo "$whole" >> "$scratch/whole-$2"
  echo "$user $system" | awk '{ print $1 + $2 }' >> "$scratch/cpu-$2"
  rm -rf "$scratch/run"
}

looks=24
for config in "${configs[@]}"; do
  rm -f "$scratch"/{train,whole,cpu}-*
  for ((round = 0; round < rounds; ++round)); do
    train "$config" 0
    train "$config" "$looks"
  done
  for part in train whole cpu; do
    awk -v config="$config" -v part="$part" -v without="$(median < "$scratch/$part-0")" -v with="$(median < "$scratch/$part-$looks")" \
      'BEGIN { printf "%-28s %-6s %8.3f s without, %8.3f s with: %.3f x\n", config, part, without, with, with / without }'
  done
done
