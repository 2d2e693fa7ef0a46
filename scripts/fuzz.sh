#!/usr/bin/env bash
# Feeds millions of damaged files to the readers of JSON, CSV, idx, safetensors, CIFAR and images, under AddressSanitizer and UBSan.
#
#   scripts/fuzz.sh        30 seconds for each reader
#   scripts/fuzz.sh 600    10 minutes for each
#
# Needs clang with libFuzzer. Works in build/fuzz: inputs that reached new code stay in corpus/ for the next time.
# Exit 1 if anything was found; the input that shows it is named and kept in build/fuzz/findings.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in -h | --help) print_help; exit 0 ;; esac
seconds=${1:-30}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "error: fuzz.sh: want whole seconds >= 1, got $seconds" >&2; exit 2; }

cd "$(dirname "$0")/.."
out=build/fuzz
targets=(config csv idx safetensors cifar image_header records)
record_readers=(common/data/idx.cpp common/classify/cifar_records.cpp common/vision/bmp_masks.cpp common/vision/exif.cpp
  common/vision/image_end.cpp common/vision/image_header.cpp
  common/inside/look_file.cpp common/train/progress.cpp)  # without LibTorch
compiler=${CLANGXX:-clang++}
command -v "$compiler" > /dev/null || { echo "error: fuzz.sh: clang++ is missing; apt-get install clang" >&2; exit 2; }
flags=(-std=c++17 -g -O1 -I. -fno-sanitize-recover=undefined)
mkdir -p $out/objects $out/findings

# Compiles what is older than its sources. The readers are one file for the compiler: their headers cost more than they do.
compile() {
  local source object target
  printf '#include "%s"\n' common/base/*.cpp "${record_readers[@]}" > $out/readers.next
  cmp -s $out/readers.next $out/readers.cpp || mv $out/readers.next $out/readers.cpp
  for source in $out/readers.cpp tests/fuzz/*.cpp; do
    object=$out/objects/$(basename "$source" .cpp).o
    if [[ ! $object -nt $source ||
          -n $(find common/base common/data common/classify common/vision common/inside common/train tests/fuzz -name '*.h' -newer "$object") ]] ||
      [[ $source == $out/readers.cpp && -n $(find common/base "${record_readers[@]}" -name '*.cpp' -newer "$object") ]]; then
      echo "$source -o $object"
    fi
  done | xargs -r -P 2 -L 1 "$compiler" "${flags[@]}" -fsanitize=fuzzer-no-link,address,undefined -c
  for target in "${targets[@]}"; do
    echo "$out/objects/${target}_fuzz.o -o $out/$target"
  done | xargs -P 2 -I{} sh -c "$compiler ${flags[*]} -fsanitize=fuzzer,address,undefined {} $out/objects/readers.o -lz -lcrypto"
}

# A few small files to start from; the fuzzer would take hours to invent them.
make_seeds() {
  local target
  for target in "${targets[@]}"; do mkdir -p $out/corpus/"$target"; done
  printf '%s\n' '{"name": "a", "hidden": [3, 4], "source": "b",  // c' '"train": {"kind": "sgd", "rate": 1e-2, "share": 0.5, "epochs": 3,' \
    '"shuffle": false, "more": {"metrics": ["f1"]}}}' > $out/corpus/config/seed
  printf '{"source": "x"}\0train.epochs=3\0name=abc\0hidden=[1,2]' > $out/corpus/config/seed-set
  printf 'a,b\n1,"2,""x"""\r\n3,4\n' > $out/corpus/csv/seed
  printf '5.1,3.5,setosa\n4.9,-3e-1,virginica\n' > $out/corpus/csv/seed-numbers
  printf '\0\0\10\3\0\0\0\1\0\0\0\2\0\0\0\2abcd' > $out/corpus/idx/seed
  gzip -cn < $out/corpus/idx/seed > $out/corpus/idx/seed-gzip
  printf '\5{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},%s' \
    '"v":{"dtype":"U8","shape":[],"data_offsets":[4,5]}}' > $out/corpus/safetensors/seed
  head -c 3073 /dev/zero > $out/corpus/cifar/seed
  head -c 6148 /dev/zero > $out/corpus/cifar/seed-two
  printf '\211PNG\r\n\032\n\0\0\0\15IHDR\0\0\0\5\0\0\0\3\10\6\0\0\0\0\0\0\0\0\0\0\1tRNS' > $out/corpus/image_header/seed-png
  printf '\377\330\377\340\0\4ab\377\377\300\0\13\10\0\3\0\5\1' > $out/corpus/image_header/seed-jpeg
  printf 'GIF89a\5\0\3\0' > $out/corpus/image_header/seed-gif
  printf 'BM01234567890a\50\0\0\0\5\0\0\0\375\377\377\377' > $out/corpus/image_header/seed-bmp
  printf 'RIFF0123WEBPVP8X0123\20\0\0\0\4\0\0\2\0\0' > $out/corpus/image_header/seed-webp
  printf 'II*\0\10\0\0\0\2\0\0\1\3\0\1\0\0\0\5\0\0\0\1\1\4\0\1\0\0\0\3\0\0\0' > $out/corpus/image_header/seed-tiff
  printf 'P6 # c\n5 3\n255\n' > $out/corpus/image_header/seed-pnm
  printf '\0\0\0\14jP  \r\n\207\n\0\0\0\0jp2c\377\117\377\121\0\51\0\0\0\0\0\5\0\0\0\3\0\0\0\0\0\0\0\0%016d\0\4' 0 > $out/corpus/image_header/seed-jp2
  printf '\377\330\377\341\0\42Exif\0\0II*\0\10\0\0\0\1\0\22\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0\377\300\0\13\10\0\3\0\5\1' \
    > $out/corpus/image_header/seed-exif
  printf 'RIFF0123WEBPVP8X\12\0\0\0\10\0\0\0\4\0\0\2\0\0EXIF\32\0\0\0MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\6\0\0\0\0\0\0' \
    > $out/corpus/image_header/seed-webp-exif
  printf 'BM01234567\102\0\0\0\50\0\0\0\2\0\0\0\1\0\0\0\1\0\40\0\3\0\0\0%020d\377\0\0\0\0\377\0\0\0\0\377\0abcdefgh' 0 \
    > $out/corpus/image_header/seed-masks
  printf 'p{"epoch":1,"batch":2,"step":2,"learning_rate":0.1,"loss_sums":[["train_loss",1.5]],"samples":64,"best":0.5,"best_epoch":1,%s%s' \
    '"plateau_factor":1.0,"plateau_epochs":0,"stopped_early":false,"train_seconds":1.0,"total_seconds":1.0,"trained_samples":64,' \
    '"part_seconds":[0.1,0.1,0.1,0.1]}' > $out/corpus/records/seed-progress
  printf 'l{"step":0,"epoch":0.0,"layers":[{"weight_size":1.0,"gradient_size":null,"update_ratio":1e-3,"dead":0.0,"saturated":0.0,%s' \
    '"twins":0.0,"gradients":{"low":0.0,"high":0.0,"counts":[]},"activations":{"low":0.0,"high":1.0,"counts":[]}}],"state":[1.5]}' \
    > $out/corpus/records/seed-look
  printf 's{"app":"mlp","verb":"train","status":"finished","test":{"accuracy":0.5},"epochs":3}' > $out/corpus/records/seed-summary
  printf '\73\0\0\0\0\0\0\0{"w":{"dtype":"U8","shape":[2,1],"data_offsets":[0,2]}}    xx' > $out/corpus/safetensors/seed-file
}

# One reader; its words go to a log, of which the end is shown if it failed.
fuzz() {
  local target=$1 log=$out/$1.log most=4096
  [[ $target != cifar ]] || most=8192  # two records
  if $out/"$target" -max_total_time="$seconds" -max_len="$most" -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=256 \
    -print_final_stats=1 -artifact_prefix=$out/findings/"$target"- $out/corpus/"$target" > "$log" 2>&1; then
    echo "$target: nothing found in $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
  else
    tail -n 40 "$log"
    echo "$target: FOUND; run again with: $out/$target $(grep -o "$out/findings/[^ ]*" "$log" | tail -n 1)"
    return 1
  fi
}

compile
make_seeds
status=0
for ((i = 0; i < ${#targets[@]}; i += 2)); do  # two at a time
  running=()
  for target in "${targets[@]:i:2}"; do
    fuzz "$target" &
    running+=($!)
  done
  for job in "${running[@]}"; do wait "$job" || status=1; done
done
exit $status
