#!/usr/bin/env bash
# Builds everything under AddressSanitizer and UBSan in build-asan, runs the unit tests and the hostile ones, and trains once with
# each app.
#
#   scripts/asan.sh [words for ctest]
#
# Takes half an hour on two cores. GLASSBOX_DATA as for scripts/test.sh. Exit 0 if nothing was found.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in -h | --help) print_help; exit 0 ;; esac
cd "$(dirname "$0")/.."
export GLASSBOX_DATA=${GLASSBOX_DATA:-$(realpath -m ../shared/data)}

cmake --preset asan -DGLASSBOX_UNITY=ON > /dev/null
cmake --build build-asan
# What LibTorch keeps to the end is not ours to free; memory of the kernels' size is not asked for by mistake.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
(cd build-asan && ctest --output-on-failure -E '^(e2e|browser|layers)' "$@")
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT
build-asan/bin/mlp train --config configs/mlp/moons.json --set train.epochs=2 --run "$runs/mlp" --quiet
build-asan/bin/cnn train --config configs/cnn/smoke.json --run "$runs/cnn" --quiet
