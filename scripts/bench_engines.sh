#!/usr/bin/env bash
# How fast is the network by hand? Trains on MNIST with both engines, in alternation, and prints medians and their ratio.
#
#   scripts/bench_engines.sh [--rounds N] [--threads N]
#
# --rounds N   alternating rounds of two epochs (default 5: about 2 minutes; leave the machine alone meanwhile)
# --threads N  default 2
#
# MNIST is looked for in $GLASSBOX_DATA and data/, as mlp does.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
fail() { echo "error: $*" >&2; exit 2; }
rounds=5
threads=2
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) print_help; exit 0 ;;
    --rounds | --threads)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || fail "bench_engines.sh: $1: want a whole number >= 1, got ${2:-nothing}"
      [[ $1 == --rounds ]] && rounds=$2 || threads=$2
      shift ;;
    *) fail "bench_engines.sh: want --rounds N, --threads N or --help, got $1" ;;
  esac
  shift
done

[[ -z ${GLASSBOX_DATA:-} ]] || GLASSBOX_DATA=$(realpath -m "$GLASSBOX_DATA")  # before the folder changes
cd "$(dirname "$0")/.."
scripts/configure.sh >&2
cmake --build build --target mlp >&2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Samples a second, learning alone.
speed() {
  build/bin/mlp train --config configs/mlp/mnist.json --set engine="$1" --set train.epochs=2 --set looks=0 --threads "$threads" \
    --run "$scratch/$1-$2" --quiet > /dev/null
  sed -n 's/.*"samples_per_second": *\([0-9.]*\).*/\1/p' "$scratch/$1-$2/summary.json"
}
median() { sort -n "$1" | awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'; }

for round in $(seq "$rounds"); do
  for engine in autograd by_hand; do speed $engine "$round" >> "$scratch/$engine.txt"; done
done
autograd=$(median "$scratch/autograd.txt")
by_hand=$(median "$scratch/by_hand.txt")
awk -v a="$autograd" -v h="$by_hand" -v n="$rounds" -v t="$threads" 'BEGIN {
  printf "MNIST, %d rounds, %d threads: autograd %d samples/s, by hand %d samples/s, ratio %.2f\n", n, t, a, h, h / a }'
