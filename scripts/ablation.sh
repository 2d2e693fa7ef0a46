#!/usr/bin/env bash
# What each part of the model "fast" buys: the experiment cifar10_fast, small and short, with one part left out at a time.
#
#   scripts/ablation.sh [--seeds "1 2"] [--epochs N]    a Markdown table: test accuracy and seconds a run, means over the seeds
#
# Widths are [32, 64, 128], a quarter of the work; 4 epochs unless told. Two minutes a run on 2 cores, 14 runs a seed. Runs go to
# runs/ablation and may be deleted.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
fail() { echo "error: $*" >&2; exit 2; }
seeds="1 2" epochs=4
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) print_help; exit 0 ;;
    --seeds) seeds=${2:?--seeds wants a list}; shift 2 ;;
    --epochs) epochs=${2:?--epochs wants a number}; shift 2 ;;
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

echo "| left out | seeds | test accuracy, mean | against nothing left out, points | seconds a run |"
echo "| --- | --- | ---: | ---: | ---: |"
whole=
while IFS='|' read -r part fields; do
  result=$(for seed in $seeds; do
    build/bin/cnn train --config configs/cnn/cifar10_fast.json --set "model.widths=[32,64,128]" --set "train.epochs=$epochs" --set looks=0 \
      ${fields:+--set "$fields"} --seed "$seed" --run "runs/ablation/run" --quiet --json < /dev/null || exit 1
  done | awk '
    /^  "seconds"/ { gsub(/[",]/, ""); seconds += $2 }
    /^    "accuracy"/ { gsub(/[",]/, ""); sum += 100 * $2; n++ }
    END { if (n == 0) exit 1; printf "%.2f %.0f", sum / n, seconds / n }')
  whole=${whole:-${result% *}}
  awk -v part="$part" -v seeds="$seeds" -v accuracy="${result% *}" -v whole="$whole" -v seconds="${result#* }" \
    'BEGIN { printf "| %s | %s | %.2f %% | %+.2f | %d |\n", part, seeds, accuracy, accuracy - whole, seconds }'
done < <(parts)
# Every run says of copied pixels what they are; so does the table.
note=$(sed -n 's/^  "note": "\(.*\)".*/\1/p' runs/ablation/run/summary.json)
[[ -z $note ]] || echo "
CIFAR-10: $note."
