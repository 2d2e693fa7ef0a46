#!/usr/bin/env bash
# What each part of the model "fast" buys: the experiment cifar10_fast, small and short, with one part left out at a time.
#
#   scripts/ablation.sh [--seeds "1 2"] [--epochs N]    a Markdown table: test accuracy and seconds a run, means over the seeds
#
# "lowest to highest": of the differences to the run of the same seed with nothing left out; needs two seeds or more.
# Widths are [32, 64, 128], a quarter of the work; 4 epochs unless told. 100 seconds a run on 2 cores, twice that in
# bfloat16; 15 runs a seed. Runs go to runs/ablation and may be deleted.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
fail() { echo "error: $*" >&2; exit 2; }
seeds="1 2" epochs=4
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) print_help; exit 0 ;;
    --seeds)
      [[ ${2:-} =~ ^[0-9]+(\ +[0-9]+)*$ ]] ||
        fail "ablation.sh: --seeds: want whole numbers >= 0 with spaces between, got ${2:-nothing}"
      seeds=$2
      shift 2 ;;
    --epochs)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || fail "ablation.sh: --epochs: want a whole number >= 1, got ${2:-nothing}"
      epochs=$2
      shift 2 ;;
    *) fail "ablation.sh: want --seeds, --epochs or --help, got $1" ;;
  esac
done
[[ -z ${GLASSBOX_DATA:-} ]] || GLASSBOX_DATA=$(realpath -m "$GLASSBOX_DATA")  # before the folder changes
cd "$(dirname "$0")/.."
[[ -x build/bin/cnn ]] || fail "ablation.sh: want build/bin/cnn; build it with cmake --preset release && cmake --build build"

# what is left out|the fields that do it
parts() {
  cat << 'END'
nothing|
gelu (relu)|model.activation=relu
whitening filters|model.whiten=false
convolutions that begin as the identity|model.dirac=false
a wide beginning (8 instead of 32 channels)|model.widths=[8,64,128]
one-cycle rates (constant ones)|schedule.name=constant
label smoothing|label_smoothing=0
averaged weights (EMA)|train.ema_decay=0
alternating flips (a coin each time)|augment.flip=random
all flips|augment.flip=none
shifts (pad and crop)|augment.pad_crop=0
cutout|augment.cutout=0
views when testing|test_time=none
shifted views when testing (flip alone)|test_time=flip
half of the bits (bfloat16)|model.precision=bf16
END
}

echo "| left out | seeds | test accuracy, mean | against nothing left out, points | lowest to highest | seconds a run |"
echo "| --- | --- | ---: | ---: | ---: | ---: |"
whole=  # accuracies with nothing left out, one a seed
while IFS='|' read -r part fields; do
  answers=$(for seed in $seeds; do
    build/bin/cnn train --config configs/cnn/cifar10_fast.json --set "model.widths=[32,64,128]" --set "train.epochs=$epochs" --set looks=0 \
      ${fields:+--set "$fields"} --seed "$seed" --run "runs/ablation/run" --quiet --json < /dev/null || exit
  done)
  whole=${whole:-$(sed -n 's/^    "accuracy": *\([^,]*\).*/\1/p' <<< "$answers")}
  awk -v part="$part" -v seeds="$seeds" -v whole="${whole//$'\n'/ }" '
    BEGIN { split(whole, before) }
    /^  "seconds"/ { gsub(/[",]/, ""); seconds += $2 }
    /^    "accuracy"/ {
      gsub(/[",]/, "")
      difference = 100 * ($2 - before[++n])  # answers come in the order of the seeds
      sum += 100 * $2
      differences += difference
      if (n == 1 || difference < low) low = difference
      if (n == 1 || difference > high) high = difference
    }
    END {
      if (n == 0) exit 1
      range = n > 1 && part != "nothing" ? sprintf("%+.2f to %+.2f", low, high) : "-"
      printf "| %s | %s | %.2f %% | %+.2f | %s | %.0f |\n", part, seeds, sum / n, differences / n, range, seconds / n
    }' <<< "$answers"
done < <(parts)
# Every run says of copied pixels what they are; so does the table.
note=$(sed -n 's/^  "note": "\(.*\)".*/\1/p' runs/ablation/run/summary.json)
[[ -z $note ]] || echo "
CIFAR-10: $note."
