#!/usr/bin/env bash
# Installs, fetches and builds what the tests need, then runs all of them.
#
#   scripts/test.sh                 everything
#   scripts/test.sh -R Csv -V       what follows goes to ctest: only tests with "Csv" in their names, verbosely
#
# Two tests run at a time. The log ends with a table of where the time went, by room and app, and ctest's count.
#
# GLASSBOX_DATA: the folder with MNIST, Fashion-MNIST and CIFAR-10 (default: ../shared/data, if it is there); their tests
# are skipped without it. With CI=true they fail instead, a compiler warning is an error, and the files of each app are
# compiled together.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in -h | --help) print_help; exit 0 ;; esac

[[ -z ${GLASSBOX_DATA:-} ]] || GLASSBOX_DATA=$(realpath -m "$GLASSBOX_DATA")  # before the folder changes
cd "$(dirname "$0")/.."
if [[ -z ${GLASSBOX_DATA:-} && -d ../shared/data ]]; then
  GLASSBOX_DATA=$(cd ../shared/data && pwd)
fi
[[ -z ${GLASSBOX_DATA:-} ]] || export GLASSBOX_DATA

parts=build/parts.txt  # what took how long: a name and seconds
mkdir -p build
cat "${GLASSBOX_PARTS:-/dev/null}" > $parts
began=$SECONDS
took() { echo "$1 $((SECONDS - began))" >> $parts; began=$SECONDS; }

if ! grep -q '^set-up ' $parts; then  # .ci/run has done it
  scripts/setup.sh --test
  took set-up
fi
scripts/data.sh all-embedded
# CIFAR-10 is unpacked into data/, from the authors' archive or from archives of JPEG copies (12 s). What is there stays.
if [[ -n ${GLASSBOX_DATA:-} && -d $GLASSBOX_DATA/cifar10 && ! -f $GLASSBOX_DATA/cifar10/data_batch_1.bin ]] &&
  ! (cd data/cifar10 && sha256sum --check --quiet SHA256SUMS) > /dev/null 2>&1; then
  scripts/data.sh cifar10 --from "$GLASSBOX_DATA"
fi
took data
if [[ ${CI:-} == true ]]; then on_ci=ON; else on_ci=OFF; fi
scripts/configure.sh "-DGLASSBOX_WERROR=$on_ci" "-DGLASSBOX_UNITY=$on_ci" -DBUILD_ONLY=
cmake --build build
took build
echo "data: ${GLASSBOX_DATA:+$GLASSBOX_DATA, }data/"
status=0
ctest --test-dir build -j 2 --output-on-failure --output-junit junit.xml "$@" | tee build/ctest.log || status=$?
took tests

echo "seconds of each part:"
awk '{ printf "  %-18s %6.0f\n", $1, $2; sum += $2 } END { printf "  %-18s %6.0f\n", "all", sum }' $parts
echo "seconds of the tests, by room and app (two run at a time):"
sed -n 's/.*<testcase name="\([^"]*\)".* time="\([^"]*\)".*/\1 \2/p' build/junit.xml |
  awk '{ sub(/\..*/, "", $1); sub(/_test$/, "", $1); sum[$1] += $2 } END { for (name in sum) print name, sum[name] }' |
  sort -k2 -nr | awk '{ printf "  %-18s %6.0f\n", $1, $2 }'
sed -n '/^[0-9]*% tests passed/,$p' build/ctest.log  # ctest's count ends the log
exit "$status"
