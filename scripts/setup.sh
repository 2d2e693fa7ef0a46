#!/usr/bin/env bash
# Installs what is missing to build Glassbox on Debian 12 or 13, through apt; what is there is left alone.
#
#   scripts/setup.sh           what building and running need
#   scripts/setup.sh --test    also what the tests and scripts/lint.sh need (clang, PyTorch for Python, ...)
#   scripts/setup.sh --bench   also what scripts/bench.sh needs (PyTorch and torchvision for Python)
#
# A LibTorch of your own: put its folder into CMAKE_PREFIX_PATH, then libtorch-dev is not asked for.
set -euo pipefail

fail() { echo "error: $*" >&2; exit 2; }
print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

# The generic clang packages are clang 14 on Debian 12 and clang 19 on Debian 13; libclang-rt-dev holds libFuzzer.
# libopenblas0-openmp: OpenBLAS's own threads (libopenblas0-pthread) fight LibTorch's, six times slower on two cores.
build_packages=(build-essential cmake ninja-build lld libtorch-dev libopenblas0-openmp libopencv-dev libcxxopts-dev
                nlohmann-json3-dev libonnx-dev libprotobuf-dev libgtest-dev zlib1g-dev libpng-dev libjpeg-dev libtiff-dev libssl-dev
                libcairo2-dev fonts-dejavu-core libutfcpp-dev pkgconf ca-certificates curl tar xz-utils)
test_packages=(clang libclang-rt-dev clang-format clang-tidy shellcheck git python3-jsonschema python3-numpy python3-pil python3-torch
               python3-selenium chromium chromium-driver valgrind)
bench_packages=(python3-torch python3-torchvision)

# True if CMAKE_PREFIX_PATH leads to a LibTorch, such as pytorch.org's zip.
has_own_torch() {
  local folder folders
  IFS=':;' read -ra folders <<< "${CMAKE_PREFIX_PATH:-}"
  for folder in "${folders[@]}"; do
    if [[ -f $folder/share/cmake/Torch/TorchConfig.cmake || -f $folder/TorchConfig.cmake ]]; then return 0; fi
  done
  return 1
}

installed=" $(dpkg-query -W -f '${Package}:${db:Status-Status} ' 2>/dev/null) "
is_installed() { [[ $installed == *" $1:installed "* ]]; }

wanted=("${build_packages[@]}")
for argument in "$@"; do
  case $argument in
    --test) wanted+=("${test_packages[@]}") ;;
    --bench) wanted+=("${bench_packages[@]}") ;;
    -h|--help) print_help; exit 0 ;;
    *) fail "setup.sh: want --test, --bench or --help, got $argument" ;;
  esac
done
command -v apt-get > /dev/null || fail "setup.sh: want Debian 12 or 13, but there is no apt-get here; install by hand: ${wanted[*]}"

missing=()
for package in "${wanted[@]}"; do
  [[ $package == libtorch-dev ]] && has_own_torch && continue
  [[ " ${missing[*]} " == *" $package "* ]] || is_installed "$package" || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  echo "setup: nothing is missing"
  exit 0
fi

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  command -v sudo > /dev/null || fail "setup.sh: neither root nor sudo; ask an administrator for: apt-get install ${missing[*]}"
  as_root=(sudo)
fi

echo "setup: installs ${missing[*]}" >&2
# One broken source of packages need not stop us: apt-get install is the judge.
"${as_root[@]}" apt-get update -qq || echo "setup: apt-get update had problems (see above); going on with the lists there are" >&2
if [[ " ${missing[*]} " == *" libtorch-dev "* ]] && ! apt-cache show libtorch-dev > /dev/null 2>&1; then
  # shellcheck source=/dev/null
  fail "setup.sh: $(. /etc/os-release && echo "$PRETTY_NAME") has no package libtorch-dev; unpack the LibTorch zip (cxx11 ABI)" \
       "from pytorch.org, export CMAKE_PREFIX_PATH=/its/folder/libtorch, and run this again"
fi
# env, because sudo does not hand on variables.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
  fail "setup.sh: apt-get install failed (see above)"
echo "setup: installed ${#missing[@]} packages"
