#!/usr/bin/env bash
# Installs, fetches and builds what the tests need, then runs all of them.
#
#   scripts/test.sh                 everything
#   scripts/test.sh -R csv -V       what follows goes to ctest: only tests with "csv" in their names, verbosely
#
# GLASSBOX_DATA: the folder with MNIST, Fashion-MNIST and CIFAR-10 (default: ../shared/data, if it is there); their tests
# are skipped without it. With CI=true they fail instead, and a compiler warning is an error.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in -h | --help) print_help; exit 0 ;; esac

[[ -z ${GLASSBOX_DATA:-} ]] || GLASSBOX_DATA=$(realpath -m "$GLASSBOX_DATA")  # before the folder changes
cd "$(dirname "$0")/.."
if [[ -z ${GLASSBOX_DATA:-} && -d ../shared/data ]]; then
  GLASSBOX_DATA=$(cd ../shared/data && pwd)
fi
[[ -z ${GLASSBOX_DATA:-} ]] || export GLASSBOX_DATA

began=$SECONDS
scripts/setup.sh --test
scripts/data.sh all-embedded
# CIFAR-10 is unpacked into data/, from the authors' archive or from archives of JPEG copies (12 s). What is there stays.
if [[ -n ${GLASSBOX_DATA:-} && -d $GLASSBOX_DATA/cifar10 && ! -f $GLASSBOX_DATA/cifar10/data_batch_1.bin ]] &&
  ! (cd data/cifar10 && sha256sum --check --quiet SHA256SUMS) > /dev/null 2>&1; then
  scripts/data.sh cifar10 --from "$GLASSBOX_DATA"
fi
setup_s=$((SECONDS - began))

began=$SECONDS
if [[ ${CI:-} == true ]]; then werror=ON; else werror=OFF; fi
cmake --preset release -DGLASSBOX_WERROR=$werror
cmake --build build
build_s=$((SECONDS - began))

# ctest comes last: it ends with its own count and time.
echo "set-up took $setup_s s, the build $build_s s; data: ${GLASSBOX_DATA:+$GLASSBOX_DATA, }data/"
exec ctest --test-dir build --output-on-failure "$@"
