#!/usr/bin/env bash
# The figures of the README: test accuracy of an app's experiments as mean and spread over seeds.
#
#   scripts/figures.sh [--app APP] [NAME...] [--seeds "1 2 3"]
#
# --app APP  whose experiments, a folder of configs/ (default mlp)
# NAME       experiments in configs/APP (default: digits xor spirals mnist fashion_mnist of mlp, lenet5 mnist_fast fashion_fast of cnn)
# --seeds    default "1 2 3 4 5"
#
# Runs go to runs/figures and may be deleted.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
fail() { echo "error: $*" >&2; exit 2; }
apps=$(cd "$(dirname "$0")/../configs" && echo */)
apps=${apps//\//}
names=() seeds="1 2 3 4 5" app=mlp
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) print_help; exit 0 ;;
    --seeds)
      [[ ${2:-} =~ ^[0-9]+(\ +[0-9]+)*$ ]] ||
        fail "figures.sh: --seeds: want whole numbers >= 0 with spaces between, got ${2:-nothing}"
      seeds=$2
      shift 2 ;;
    --app)
      [[ ${2:-} =~ ^[a-z0-9_]+$ && " $apps " == *" $2 "* ]] || fail "figures.sh: --app: want one of $apps, got ${2:-nothing}"
      app=$2
      shift 2 ;;
    -*) fail "figures.sh: want names of experiments, --app APP, --seeds LIST or --help, got $1" ;;
    *) names+=("$1"); shift ;;
  esac
done
[[ -z ${GLASSBOX_DATA:-} ]] || GLASSBOX_DATA=$(realpath -m "$GLASSBOX_DATA")  # before the folder changes
cd "$(dirname "$0")/.."
if [[ ${#names[@]} -eq 0 ]]; then
  case $app in
    mlp) names=(digits xor spirals mnist fashion_mnist) ;;
    cnn) names=(lenet5 mnist_fast fashion_fast) ;;
    *) fail "figures.sh: want names of experiments in configs/$app, got none" ;;
  esac
fi
for name in "${names[@]}"; do
  [[ -f configs/$app/$name.json ]] || fail "figures.sh: want an experiment in configs/$app, found no $name.json"
done
[[ -x build/bin/$app ]] || fail "figures.sh: no build/bin/$app; cmake --preset release && cmake --build build --target $app"

echo "| experiment | seeds | test accuracy, mean | lowest | highest | seconds a run |"
echo "| --- | --- | ---: | ---: | ---: | ---: |"
notes=()
for name in "${names[@]}"; do
  answers=$(for seed in $seeds; do
    "build/bin/$app" train --config "configs/$app/$name.json" --seed "$seed" --run "runs/figures/$app-$name-$seed" --quiet \
      --json || exit
  done)
  awk -v name="$name" -v seeds="$seeds" '
    /^  "seconds"/ { gsub(/[",]/, ""); seconds += $2 }
    /^    "accuracy"/ { gsub(/[",]/, ""); a = 100 * $2; sum += a; n++; if (n == 1 || a < low) low = a; if (a > high) high = a }
    END { if (n == 0) exit 1; printf "| %s | %s | %.2f %% | %.2f | %.2f | %.1f |\n", name, seeds, sum / n, low, high, seconds / n }' \
    <<< "$answers"
  # Every run says of copied pixels what they are; so does the table.
  note=$(sed -n 's/^  "note": "\(.*\)".*/\1/p' <<< "$answers" | sort -u)
  [[ -z $note ]] || notes+=("$name: $note.")
done
[[ ${#notes[@]} -eq 0 ]] || printf '\n%s\n' "${notes[@]}"
